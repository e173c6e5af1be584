# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The saved state of a run: one file, complete or not there at all.

A safetensors file: weights and moments as tensors, everything else as JSON in its metadata. Reading
it runs nothing, whoever wrote it.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from smolrgpt_ros.models.smolrgpt.stored import StoredTensors, write_tensors

from .errors import ResumeError, SaveError

VERSION = 2
STATE = 'state.safetensors'
_FORMER = 'state.pt'


@dataclass(frozen=True)
class State:
    """All that a run consists of after `step` steps.

    The position in the data and the learning rates follow from `step`. `random` (`random_states`)
    and `problems` (`Problems.values`) hold one entry a process.
    """

    step: int
    fingerprint: Mapping[str, str]
    network: Mapping[str, Any]
    optimiser: Mapping[str, Any]
    random: list[dict[str, Any]]
    problems: list[dict[str, Any]]
    seconds: float
    version: int = VERSION


def random_states(device: torch.device) -> dict[str, Any]:
    """States of all random generators of this process, as JSON has them."""
    version, words, gauss = random.getstate()
    name, keys, *rest = np.random.get_state(legacy=True)  # type: ignore[misc]
    return {
        'python': [version, list(words), gauss],
        'numpy': [name, np.asarray(keys).tolist(), *rest],
        'torch': torch.get_rng_state().tolist(),
        'cuda': torch.cuda.get_rng_state(device).tolist() if device.type == 'cuda' else None,
    }


def restore_random(states: Mapping[str, Any], device: torch.device) -> None:
    """Set all random generators of this process."""
    version, words, gauss = states['python']
    random.setstate((version, tuple(words), gauss))
    name, keys, *rest = states['numpy']
    np.random.set_state((name, np.array(keys, np.uint32), *rest))
    torch.set_rng_state(torch.tensor(states['torch'], dtype=torch.uint8))
    if states['cuda'] is not None and device.type == 'cuda':
        torch.cuda.set_rng_state(torch.tensor(states['cuda'], dtype=torch.uint8), device)


def save_state(state: State, folder: Path) -> Path:
    """Write `state` to `folder`; whatever happens, the state before stays until this one is whole.

    Raises `SaveError`.
    """
    tensors: dict[str, Tensor] = {}
    fields = {name: _without_tensors(value, name, tensors) for name, value in vars(state).items()}
    rows = [(name, tuple(tensor.shape), tensor.dtype) for name, tensor in tensors.items()]

    def write(path: Path) -> None:
        write_tensors(
            path, rows, lambda name: tensors[name].detach().cpu(), {'state': json.dumps(fields)}
        )

    return written_whole(folder / STATE, write)


def _without_tensors(value: Any, name: str, tensors: dict[str, Tensor]) -> Any:
    """`value` as JSON that keeps its types, its tensors put into `tensors` under their paths."""
    if isinstance(value, Tensor):
        tensors[name] = value
        return ['tensor', name]
    if isinstance(value, Mapping):
        items = [
            [key, _without_tensors(item, f'{name}.{key}', tensors)] for key, item in value.items()
        ]
        return ['dict', *items]
    if isinstance(value, (list, tuple)):
        kind = 'list' if isinstance(value, list) else 'tuple'
        parts = (_without_tensors(item, f'{name}.{at}', tensors) for at, item in enumerate(value))
        return [kind, *parts]
    return value


def _with_tensors(written: Any, stored: StoredTensors) -> Any:
    """What `_without_tensors` wrote. Raises many types for what it did not write."""
    if not isinstance(written, list):
        return written
    kind, *parts = written
    if kind == 'tensor':
        return stored.tensor(parts[0]).clone()
    if kind == 'dict':
        return {key: _with_tensors(item, stored) for key, item in parts}
    if kind not in ('list', 'tuple'):
        raise ValueError(f'{kind!r} is no kind of value')
    items = [_with_tensors(part, stored) for part in parts]
    return items if kind == 'list' else tuple(items)


def load_state(folder: Path, fingerprint: Mapping[str, str]) -> State | None:
    """The state in `folder`, None where none was saved.

    Raises `ResumeError` for a state of another run, naming what differs, or one that is broken.
    """
    path = folder / STATE
    if not path.exists():
        if (folder / _FORMER).exists():
            raise ResumeError(
                f'{folder / _FORMER} was written by an earlier version and is not read any more; '
                f'continue it with that version, or delete {folder} to start anew'
            )
        return None
    try:
        stored = StoredTensors(path)
        written = json.loads(stored.metadata['state'])
        state = State(**{name: _with_tensors(value, stored) for name, value in written.items()})
    except Exception as error:  # what is no state breaks in many ways
        raise ResumeError(
            f'{path} is no state of a training ({type(error).__name__}); delete {folder} to start '
            f'anew'
        ) from error
    if state.version != VERSION:
        raise ResumeError(f'{path} is of version {state.version}, this program reads {VERSION}')
    differing = [
        f'{name}: {state.fingerprint.get(name, "nothing")} there, '
        f'{fingerprint.get(name, "nothing")} now'
        for name in sorted({*state.fingerprint, *fingerprint})
        if state.fingerprint.get(name) != fingerprint.get(name)
    ]
    if differing:
        raise ResumeError(
            f'{folder} holds step {state.step} of another run ({"; ".join(differing)}); continue '
            f'it with its own settings, choose another --out, or delete the folder'
        )
    return state


def written_whole(path: Path, write: Callable[[Path], object]) -> Path:
    """`path`, written beside and renamed when it is on the disk. Raises `SaveError`."""
    part = path.with_name(path.name + '.part')
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(part)
        on_disk(part)
        part.replace(path)
        on_disk(path.parent)
    except (OSError, RuntimeError) as error:  # RuntimeError: no memory to copy from a device
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise SaveError(f'{path} cannot be written: {reason(error)}') from error
    return path


def replaced_files(new: Path, folder: Path, last: str) -> None:
    """Move the files of the folder `new` into `folder`, `last` as the last. Raises `SaveError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(new.iterdir(), key=lambda path: path.name == last):
            on_disk(file)
            file.replace(folder / file.name)
        on_disk(folder)
    except OSError as error:
        raise SaveError(f'{folder} cannot be written: {reason(error)}') from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def on_disk(path: Path) -> None:
    """Wait until a file or a folder's table is on the disk: a rename may otherwise precede it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def reason(error: BaseException) -> str:
    """Why the system refused: the first of its errors that led to `error`, else what that says."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    return str(error).partition('\n')[0]
