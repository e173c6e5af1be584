# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Engines by name; a network's libraries are imported only when its engine is asked for."""

from __future__ import annotations

import importlib
import inspect
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from smolrgpt_ros.reasoning.confinement import (
    ConfinementError,
    MissingFolderError,
    real_folder,
)
from smolrgpt_ros.reasoning.engine import Engine

# Engine name: module and class. A neural class is built from the fields of `EngineOptions` that
# its constructor names.
_FACTORIES: dict[str, tuple[str, str]] = {
    'geometric': ('smolrgpt_ros.reasoning.geometric', 'GeometricEngine'),
    'smolrgpt': ('smolrgpt_ros.reasoning.neural', 'SmolRgptEngine'),
    'tinygiant': ('smolrgpt_ros.reasoning.tinygiant', 'TinyGiantEngine'),
    'verified': ('smolrgpt_ros.reasoning.verified', 'VerifiedEngine'),
}
ENGINE_NAMES: tuple[str, ...] = tuple(_FACTORIES)
# The small SmolRGPT that comes with the package; see models/CARD.md for what it can do.
PACKAGED_CHECKPOINT = Path(__file__).resolve().parents[1] / 'models' / 'packaged'
_TAKE_THE_PACKAGED = ('smolrgpt', 'verified')


class EngineError(RuntimeError):
    """An engine that cannot be had; the message says why and what would help."""


@dataclass(frozen=True)
class EngineOptions:
    """What a neural engine is built from.

    Attributes:
        checkpoint: a network's folder, as training and `smolrgpt pack` write it; '' means the one
            that comes with the package.
        device: 'auto', 'cpu', 'cuda', 'cuda:1'.
        dtype: 'auto', 'float32', 'float16', 'bfloat16' or 'int8'. 'auto' takes int8 from a folder
            packed so, else bfloat16 on CUDA and float32 on a CPU.
        decode: 'generate' writes a sentence; 'score' weighs the possible answers of a closed
            question against each other.
        wait_for_network: 'verified' only: False measures alone until the network is loaded, and
            while it cannot be.
        checkpoint_root: folder that `checkpoint` must lie in, see `confinement`; '' means anywhere.
    """

    checkpoint: str = ''
    device: str = 'auto'
    dtype: str = 'auto'
    decode: str = 'generate'
    wait_for_network: bool = True
    checkpoint_root: str = ''


def default_engine(options: EngineOptions) -> str:
    """Engine of those who name none: what is measured, and verified where there is a network."""
    return 'verified' if options.checkpoint else 'geometric'


def network_of(checkpoint: str) -> str:
    """Name of the engine of the network in a folder, by its config; 'smolrgpt' where it is silent.

    What else is wrong with the folder, its engine will say.
    """
    try:
        config = json.loads((Path(checkpoint) / 'config.json').read_text(encoding='utf-8'))
    except (OSError, RecursionError, ValueError):
        return 'smolrgpt'
    architecture = config.get('architecture', '') if isinstance(config, dict) else ''
    return 'tinygiant' if str(architecture).lower().startswith('tinygiant') else 'smolrgpt'


def with_packaged(name: str, options: EngineOptions) -> EngineOptions:
    """Return the options with the packaged network where an engine needs one and none is named."""
    wanted = not options.checkpoint and name in _TAKE_THE_PACKAGED
    if not wanted or not (PACKAGED_CHECKPOINT / 'model.safetensors').is_file():
        return options
    return replace(options, checkpoint=str(PACKAGED_CHECKPOINT))


def load_engine(name: str, options: EngineOptions | None = None) -> Engine:
    """Build the engine `name`.

    Raises:
        EngineError: unknown name, missing library, missing or unreadable checkpoint.
    """
    if name not in _FACTORIES:
        raise EngineError(f'unknown engine {name!r}; known are {", ".join(ENGINE_NAMES)}')
    options = with_packaged(name, options or EngineOptions())
    if name != 'geometric':
        # Before its libraries are imported, which takes seconds.
        options = _with_real_folder(name, options)
    module_name, class_name = _FACTORIES[name]
    try:
        factory = getattr(importlib.import_module(module_name), class_name)
    except (ImportError, AttributeError) as error:
        raise EngineError(
            f"engine '{name}' is not available here: {error}; 'geometric' is"
        ) from error
    if name == 'geometric':
        return factory()
    known = inspect.signature(factory).parameters
    arguments = {name: value for name, value in asdict(options).items() if name in known}
    try:
        return factory(**arguments)
    except Exception as error:
        raise _unloadable(name, options, error) from error


def _with_real_folder(name: str, options: EngineOptions) -> EngineOptions:
    """The options with the place that their checkpoint leads to. Raises EngineError.

    'verified' measures without it, and looks for it again and again.
    """
    if not options.checkpoint:
        raise EngineError(
            f"engine '{name}' has no checkpoint; set checkpoint to the network's folder, as "
            "'smolrgpt train' writes it"
        )
    packaged = options.checkpoint == str(PACKAGED_CHECKPOINT)
    try:
        folder = real_folder(options.checkpoint, '' if packaged else options.checkpoint_root)
    except ConfinementError as error:
        if name == 'verified' and isinstance(error, MissingFolderError):
            return options
        raise _unloadable(name, options, error) from error
    return replace(options, checkpoint=str(folder))


def _unloadable(name: str, options: EngineOptions, error: Exception) -> EngineError:
    return EngineError(f"engine '{name}' could not be loaded from {options.checkpoint!r}: {error}")
