# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Real recordings for tests: written once, changed and broken by copying."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.reasoning.registry import EngineOptions, load_engine
from smolrgpt_ros.recorded.archive import annotate
from smolrgpt_ros.recorded.questions import Asking
from smolrgpt_ros.recorded.replay import Plan, Row
from smolrgpt_ros.recorded.topics import Topics
from smolrgpt_ros.recorded.writing import Shooting, write_recording
from smolrgpt_ros.warehouse.filming import Film

FILM = Film(seed=3, size_px=(320, 240), drive_m=0.4, length=2)
SECONDS, RATE_HZ = 2.0, 10.0
DISTANCE = 'how far is the nearest pallet from me?'
COUNT = 'how many pallets are there?'


def record(out: Path, **wishes: Any) -> Path:
    """A recording of two seconds of the warehouse."""
    write_recording(out, FILM, Shooting(**{'duration_s': SECONDS, 'rate_hz': RATE_HZ} | wishes))
    return out


def plan_of(*askings: Asking, **changes: Any) -> Plan:
    """What is asked; two questions, each twice, where nothing else is said."""
    asked = askings or (Asking(0, DISTANCE), Asking(1, COUNT))
    fields: dict[str, Any] = {
        'topics': Topics(),
        'settings': Settings(),
        'frames': (None, None, None),
        'engine': 'geometric',
        'options': EngineOptions(),
        'every_s': 0.9,
    }
    return Plan(asked, **(fields | changes))


def replayed(path: Path, plan: Plan, done: tuple[str, ...] = ()) -> tuple[list[Row], dict]:
    """Rows without what differs from run to run, and problems."""
    rows: list[Row] = []
    annotated = annotate([path], plan, done=done, on_row=rows.append, on_time=lambda *_: None)
    return [comparable(row) for row in rows], annotated.problems


def comparable(row: Row) -> Row:
    """A row without how long it took and which file it is from."""
    left_out = ('latency_s', 'bag', 'query_id')
    return {key: value for key, value in row.items() if key not in left_out}


def geometric() -> Any:
    """The measuring engine."""
    return load_engine('geometric')
