# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt ask --bag`: questions about a moment of a recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from smolrgpt_ros.cli.ask import loaded_engine
from smolrgpt_ros.cli.page import MEASURING, Opinions, page_of
from smolrgpt_ros.cli.problem import Problem
from smolrgpt_ros.cli.told import Told, tell
from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.reasoning.registry import EngineOptions
from smolrgpt_ros.recorded.asking import Asker, Outcome
from smolrgpt_ros.recorded.bag import Bag, BagError
from smolrgpt_ros.recorded.frames import fitted_settings
from smolrgpt_ros.recorded.moment import moment_ns, playback_at
from smolrgpt_ros.recorded.topics import Topics


@dataclass(frozen=True)
class Recording:
    """What is asked about.

    Attributes:
        at: when, in words; '' for the first set.
        frames: target, gravity and viewer frame; None for those that nobody asked for.
    """

    path: Path
    at: str
    topics: Topics
    settings: Settings
    frames: tuple[str | None, str | None, str | None]


def ask_about_recording(
    questions: Sequence[str],
    recording: Recording,
    *,
    engine: str,
    options: EngineOptions,
    overlay: Path | None,
    html: Path | None,
    json_lines: bool,
) -> None:
    """Answer and print; raises Problem(NOT_ANSWERED) when a question has no answer."""
    try:
        with Bag(recording.path) as bag:
            at_ns = moment_ns(recording.at, bag) if recording.at else None
            fitted = fitted_settings(bag, recording.settings, recording.frames)
            if fitted.note:
                Console(stderr=True).print(fitted.note, highlight=False, markup=False)
            playback = playback_at(bag, recording.topics, fitted.settings, at_ns)
            loaded, measuring = loaded_engine(engine, options), loaded_engine(MEASURING, options)
            opinions = Opinions(loaded, options)
            try:
                after_s = (playback.now_ns - bag.start_ns) / 1e9
                names = [f'{recording.path}@{after_s:.9f}#{n}' for n in range(len(questions))]
                outcomes = Asker(playback, loaded, measuring).ask(questions, names)
                tell(
                    [_told(recording.path, after_s, outcome) for outcome in outcomes],
                    json_lines=json_lines,
                    overlay=overlay,
                    html=html,
                    page_of=lambda one: page_of(
                        one, opinions, source=f'{recording.path} at {after_s:.3f} s'
                    ),
                )
            finally:
                opinions.close()
                loaded.close()
    except BagError as error:
        raise Problem(str(error)) from error


def _told(path: Path, after_s: float, outcome: Outcome) -> Told:
    row = {'bag': str(path), 'at_s': round(after_s, 9), **outcome.row}
    answer = outcome.outcome if isinstance(outcome.outcome, Answer) else None
    problem = '' if answer is not None else f'{row["status"]}: {row["message"]}'
    return Told(row['question'], row, problem, outcome.scene, answer)
