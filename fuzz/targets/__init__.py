# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One module a reader: `check(data)` feeds it, `seeds()` are inputs to begin with."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

NAMES = (
    'question',
    'answer',
    'rle',
    'records',
    'spatialrgpt',
    'pictures',
    'detections',
    'checkpoint',
)


@dataclass(frozen=True)
class Target:
    """A reader under test.

    Attributes:
        check: raises anything where the reader misbehaves on these bytes.
        seeds: bytes that reach far into the reader.
    """

    name: str
    check: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]


def target(name: str) -> Target:
    """The target of a name of `NAMES`, imported now: some need ROS, some torch."""
    module = importlib.import_module(f'fuzz.targets.{name}')
    return Target(name, module.check, module.seeds)
