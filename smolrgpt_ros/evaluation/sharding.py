# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which part of a run is this process's, as torchrun tells it."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Shard:
    """Pictures rank, rank + world, rank + 2 world ... of a run."""

    rank: int = 0
    world: int = 1
    local_rank: int = 0

    def has(self, index: int) -> bool:
        """Whether a picture is this process's."""
        return index % self.world == self.rank

    def journal(self, path: Path, rank: int | None = None) -> Path:
        """A rank's journal (this one's by default): the path itself, or one beside it each."""
        if self.world == 1:
            return path
        number = self.rank if rank is None else rank
        return path.with_name(f'{path.name}.{number}-of-{self.world}')

    @property
    def alone(self) -> bool:
        """Whether there are no others."""
        return self.world == 1


def shard_of(environment: Mapping[str, str] | None = None) -> Shard:
    """What torchrun said; a run of its own without it. Raises ValueError for another meaning."""
    environment = os.environ if environment is None else environment
    if 'RANK' not in environment or 'WORLD_SIZE' not in environment:
        return Shard()
    said = {name: environment.get(name, '0') for name in ('RANK', 'WORLD_SIZE', 'LOCAL_RANK')}
    try:
        rank, world, local_rank = (int(value) for value in said.values())
    except ValueError as error:
        raise ValueError(f'{said} of the environment are no whole numbers') from error
    if not 0 <= rank < world or local_rank < 0:
        raise ValueError(f'{said} of the environment contradict each other')
    return Shard(rank, world, local_rank)


def keep_own_gpu(shard: Shard, environment: MutableMapping[str, str] | None = None) -> None:
    """Show this process the one GPU that is its own, before any library looks for them.

    Without it all processes of a machine would share the first. Nothing changes without GPUs.
    """
    environment = os.environ if environment is None else environment
    if shard.alone:
        return
    visible = [name for name in environment.get('CUDA_VISIBLE_DEVICES', '').split(',') if name]
    if 'CUDA_VISIBLE_DEVICES' not in environment:
        environment['CUDA_VISIBLE_DEVICES'] = str(shard.local_rank)
    elif len(visible) > 1:
        environment['CUDA_VISIBLE_DEVICES'] = visible[shard.local_rank % len(visible)]
