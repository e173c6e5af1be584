# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Networks whose files are missing, broken or replaced, and accelerators that fail."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from bench import PALLETS, Bench

SIDE = f'is {PALLETS[0]} to the left or right of {PALLETS[1]}?'


def accelerator_raises(
    make_error: Callable[[], BaseException], engine: str
) -> Callable[[Bench], AbstractContextManager[None]]:
    """What torch raises when it encodes a picture, the first thing that a network does."""

    @contextmanager
    def inject(bench: Bench) -> Iterator[None]:
        def fail(*arguments: object, **further: object) -> None:
            raise make_error()

        with asking(bench, engine):
            recovered(bench, engine)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr('smolrgpt_ros.models.smolrgpt.model.encode_frame', fail)
                yield
            recovered(bench, engine)

    return inject


def cuda_error() -> Exception:
    import torch

    # Older torch raises its base.
    kind = getattr(torch, 'AcceleratorError', RuntimeError)
    return kind('CUDA error: an illegal memory access was encountered')


def out_of_memory() -> Exception:
    import torch

    return torch.OutOfMemoryError('CUDA out of memory. Tried to allocate 2.00 GiB.')


def system_exit() -> BaseException:
    return SystemExit(1)


@contextmanager
def asking(bench: Bench, engine: str) -> Iterator[None]:
    bench.asked = {'question': SIDE, 'engine': engine}
    yield
    bench.asked = {}


def recovered(bench: Bench, engine: str) -> None:
    """Wait until the network itself answers again, not the measurement in its stead."""
    bench.camera.mark()
    bench.wait_for(lambda: bench.ask().answer.engine == engine, f'an answer of {engine}')


@contextmanager
def replaced_by_another(bench: Bench) -> Iterator[None]:
    """A new version is copied over the files of the one in use; the one loaded goes on."""
    with asking(bench, 'smolrgpt'):
        bench.until_answered('OK')
        weights = checkpoint_of(bench) / 'model.safetensors'
        fresh = weights.with_suffix('.fresh')
        shutil.copy(weights, fresh)
        fresh.replace(weights)
        yield
        node = bench.robot.node
        node.trigger_deactivate()
        node.trigger_activate()
        recovered(bench, 'smolrgpt')


def spoilt(
    spoil: Callable[[Path], None], engine: str, *, running: bool = True
) -> Callable[[Bench], AbstractContextManager[None]]:
    """Something happens to the files, in use where `running`; later the old ones come back."""

    @contextmanager
    def inject(bench: Bench) -> Iterator[None]:
        folder = checkpoint_of(bench)
        kept = bench.scratch / 'kept'
        shutil.copytree(folder, kept, dirs_exist_ok=True)
        with asking(bench, engine):
            if running:
                recovered(bench, engine)
            spoil(folder)
            yield
            folder.mkdir(exist_ok=True)
            for path in kept.iterdir():
                restored = folder / f'{path.name}.restored'
                shutil.copy(path, restored)
                restored.replace(folder / path.name)
            recovered(bench, engine)

    return inject


def comes_late(
    spoil: Callable[[Path], None],
) -> Callable[[Bench], AbstractContextManager[None]]:
    """Files are missing when the node is activated, and come later; engine smolrgpt."""

    @contextmanager
    def inject(bench: Bench) -> Iterator[None]:
        node = bench.robot.node
        node.trigger_deactivate()
        with spoilt(spoil, 'smolrgpt', running=False)(bench):
            node.trigger_activate()
            yield

    return inject


def missing(folder: Path) -> None:
    shutil.rmtree(folder)


def without_tokenizer(folder: Path) -> None:
    (folder / 'tokenizer.json').unlink()


def overwritten(folder: Path) -> None:
    """A copy over the file in place, of which half has arrived."""
    weights = folder / 'model.safetensors'
    data = weights.read_bytes()
    with weights.open('r+b') as file:
        file.truncate(len(data) // 2)


def checkpoint_of(bench: Bench) -> Path:
    assert bench.checkpoint is not None
    return bench.checkpoint
