# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The saved state of a run: one file, complete or not there at all."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .errors import ResumeError, SaveError

VERSION = 1
STATE = 'state.pt'


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
    """States of all random generators of this process."""
    name, keys, *rest = np.random.get_state(legacy=True)  # type: ignore[misc]
    return {
        'python': random.getstate(),
        'numpy': (name, torch.from_numpy(np.asarray(keys, np.int64)), *rest),
        'torch': torch.get_rng_state(),
        'cuda': torch.cuda.get_rng_state(device) if device.type == 'cuda' else None,
    }


def restore_random(states: Mapping[str, Any], device: torch.device) -> None:
    """Set all random generators of this process."""
    random.setstate(states['python'])
    name, keys, *rest = states['numpy']
    np.random.set_state((name, keys.numpy().astype(np.uint32), *rest))
    torch.set_rng_state(states['torch'].cpu())
    if states['cuda'] is not None and device.type == 'cuda':
        torch.cuda.set_rng_state(states['cuda'].cpu(), device)


def save_state(state: State, folder: Path) -> Path:
    """Write `state` to `folder`; whatever happens, the state before stays until this one is whole.

    Raises `SaveError`.
    """

    def write(path: Path) -> None:
        # Through a file of Python's own: torch's forgets why writing failed.
        with path.open('wb') as file:
            torch.save(_fields(state), file)

    return written_whole(folder / STATE, write)


def _fields(state: State) -> dict[str, Any]:
    """Fields by name, without copying tensors."""
    return {
        name: dict(value) if isinstance(value, Mapping) else value
        for name, value in vars(state).items()
    }


def load_state(folder: Path, fingerprint: Mapping[str, str]) -> State | None:
    """The state in `folder`, None where none was saved.

    Raises `ResumeError` for a state of another run, naming what differs, or one that is broken.
    """
    path = folder / STATE
    if not path.exists():
        return None
    try:
        values = torch.load(path, map_location='cpu', weights_only=True)
        state = State(**values)
    except Exception as error:  # torch raises many types for a broken file
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
    except (OSError, RuntimeError) as error:  # torch.save: RuntimeError when the disk is full
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
