# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What one input may cost: time and memory that no reader needs for a few kilobytes."""

from __future__ import annotations

import contextlib
import resource
import time
from collections.abc import Iterator
from pathlib import Path

SECONDS = 2.0
"""Processor time of one input; a hang that never returns is ended by the fuzzer or by pytest."""
FURTHER_BYTES = 1 << 30
"""Address space that may be added while an input is read."""


class TooSlow(AssertionError):
    """An input took longer than `SECONDS`."""


@contextlib.contextmanager
def limited_time() -> Iterator[None]:
    """Raise TooSlow where what is done inside takes too long."""
    started = time.process_time()
    yield
    taken = time.process_time() - started
    if taken > SECONDS:
        raise TooSlow(f'one input took {taken:.1f} s of processor time, at most {SECONDS:g} s')


@contextlib.contextmanager
def limited_memory() -> Iterator[None]:
    """MemoryError where what is done inside asks for more than `FURTHER_BYTES`."""
    pages = int(Path('/proc/self/statm').read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + FURTHER_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
