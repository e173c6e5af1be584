# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A recording replayed, and a plan of questions asked on the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Container
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.reasoning.engine import Engine
from smolrgpt_ros.reasoning.registry import EngineOptions
from smolrgpt_ros.recorded.asking import Asker
from smolrgpt_ros.recorded.bag import Bag
from smolrgpt_ros.recorded.frames import fitted_settings
from smolrgpt_ros.recorded.playback import Playback
from smolrgpt_ros.recorded.questions import Asking, moments
from smolrgpt_ros.recorded.topics import Topics

Row = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """What is asked of every recording, and how.

    Attributes:
        frames: names of target, gravity and viewer frame; None for those that nobody asked for.
        every_s: seconds from asking to asking.
    """

    askings: tuple[Asking, ...]
    topics: Topics
    settings: Settings
    frames: tuple[str | None, str | None, str | None]
    engine: str
    options: EngineOptions
    every_s: float = 1.0

    def identity(self) -> str:
        """Eight characters that differ where anything differs that answers depend on."""
        content = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:8]


def query_id(path: Path, after_ns: int, number: int) -> str:
    """What tells one asking from every other."""
    return f'{path}@{after_ns / 1e9:.9f}#{number}'


def replay(
    path: Path,
    plan: Plan,
    engine: Engine,
    measuring: Engine,
    *,
    done: Container[str],
    on_row: Callable[[Row], None],
    on_time: Callable[[float], None] = lambda after_s: None,
) -> None:
    """Ask what a plan asks of one recording, in order of time.

    Args:
        done: query ids of what has been answered before; it is not asked again.
        on_row: gets a row an answer.
        on_time: gets how far the replay has come, seconds from the recording's start.

    Raises:
        BagError: it cannot be read, or no further. QuestionsError: nothing is asked within it.
    """
    run = plan.identity()
    with Bag(path) as bag:
        settings = fitted_settings(bag, plan.settings, plan.frames).settings
        playback = Playback(bag, plan.topics, settings)
        asker = Asker(playback, engine, measuring)
        step_ns = round(1e9 / settings.tracking_rate) if settings.tracking_rate else 0
        followed_ns = bag.start_ns
        for moment in moments(plan.askings, plan.every_s, bag.duration_s):
            at_ns = bag.start_ns + moment.after_ns
            while step_ns and followed_ns + step_ns < at_ns:
                followed_ns += step_ns
                playback.advance(followed_ns)
                playback.follow()
            playback.advance(at_ns)
            ids = [query_id(path, moment.after_ns, asking.number) for asking in moment.questions]
            left = [
                (asking.text, name)
                for asking, name in zip(moment.questions, ids, strict=True)
                if name not in done
            ]
            if len(left) < len(ids):
                asker.look()  # so that objects keep the ids that they had when this was answered
            for outcome in asker.ask([text for text, _ in left], [name for _, name in left]):
                after_s = moment.after_ns / 1e9
                on_row({'run': run, 'bag': str(path), 'at_s': after_s, **outcome.row})
            on_time(moment.after_ns / 1e9)
