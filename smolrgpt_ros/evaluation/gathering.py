# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The parts of a run that other processes or machines work on, brought together.

By their journals in a folder that all of them see. A file needs no open port, survives a machine
that goes down, and is what a second start goes on from.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from smolrgpt_ros.evaluation.journal import (
    header_of,
    is_through,
    read_journal,
    refuse_other_run,
)
from smolrgpt_ros.evaluation.outcome import PictureOutcome
from smolrgpt_ros.evaluation.sharding import Shard

_LOOK_EVERY_S = 0.5


class GatherError(RuntimeError):
    """Parts that did not come in time; the message names them."""


def gather(
    path: Path,
    shard: Shard,
    identity: Mapping[str, Any],
    *,
    timeout_s: float,
    progress: Callable[[int], None] | None = None,
) -> list[PictureOutcome]:
    """Wait until the other ranks' journals are complete; their pictures, in no order.

    Args:
        path: as all ranks were told it.
        timeout_s: how long a journal may stay as it is before its rank counts as lost.
        progress: told the number of records of complete journals.

    Raises:
        GatherError: a rank is lost. JournalError: a journal is damaged or another run's. OSError.
    """
    waiting = {rank: shard.journal(path, rank) for rank in range(shard.world) if rank != shard.rank}
    changed = dict.fromkeys(waiting, (-1, time.monotonic()))
    found: list[PictureOutcome] = []
    while waiting:
        for rank, journal in list(waiting.items()):
            size = journal.stat().st_size if journal.is_file() else 0
            if size != changed[rank][0]:
                changed[rank] = size, time.monotonic()
                if not size or not is_through(journal):
                    continue
                written = read_journal(journal)
                refuse_other_run(journal, written.header or {}, header_of(identity))
                if written.whole:
                    found += written.pictures
                    del waiting[rank]
                    if progress:
                        progress(sum(len(picture.outcomes) for picture in found))
        late = [r for r in waiting if time.monotonic() - changed[r][1] > timeout_s]
        if late:
            named = ', '.join(f'{rank} ({waiting[rank]})' for rank in late)
            raise GatherError(
                f'nothing new from rank {named} for {timeout_s:g} s; do all machines see this '
                'folder, and does that process still run? The journals are kept: start the same '
                'command again to go on, or give --gather-timeout more'
            )
        if waiting:
            time.sleep(_LOOK_EVERY_S)
    return found
