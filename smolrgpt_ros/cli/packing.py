# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt pack`: a checkpoint folder that needs no network on the robot."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

from rich.console import Console

from smolrgpt_ros.cli.problem import Problem
from smolrgpt_ros.reasoning.registry import network_of


def pack_checkpoint(
    source: Path, out: Path, tokenizer: Path | None, *, int8: bool, float16: bool
) -> None:
    """Write the folder; `source` says whose network it is. Raises Problem."""
    _written(
        lambda packing: packing.pack(source, tokenizer, out, int8=int8, float16=float16),
        network_of(str(source)),
    )


def pack_random_checkpoint(out: Path, seed: int, *, int8: bool) -> None:
    """Write a folder of full size with random weights. Raises Problem."""
    _written(lambda packing: packing.pack_random(out, seed=seed, int8=int8), 'smolrgpt')


def _written(work: Callable[[ModuleType], Path], network: str) -> None:
    """Do the work with the network's own packing and say how large it became."""
    try:
        from smolrgpt_ros.models.smolrgpt.errors import SmolRgptError
    except ModuleNotFoundError as error:
        raise Problem(
            f'packing needs {error.name}, which is not installed; install the neural extra: '
            "pip install 'smolrgpt-ros[neural]', or make setup-neural in a checkout"
        ) from error
    try:
        written = work(import_module(f'smolrgpt_ros.models.{network}.pack'))
    except (SmolRgptError, OSError, ValueError) as error:
        raise Problem(str(error)) from error
    size_mb = sum(file.stat().st_size for file in written.rglob('*') if file.is_file()) / 1e6
    Console().print(f'{written}: {size_mb:.0f} MB, complete', highlight=False)
