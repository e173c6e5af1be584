# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A run as a person sees it: a bar on a terminal, a line now and then in a file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from smolrgpt_ros.training.journal import Step
    from smolrgpt_ros.training.loop import Watch

_LINE_EVERY_S = 30.0
#: weight of a new value in the means that are shown
_NEW = 0.05


class Shown:
    """Means over about the last twenty steps."""

    def __init__(self) -> None:
        self.values: dict[str, float] = {}

    def add(self, step: Step) -> str:
        """Take a step in; returns loss, rate and share outside the model as text."""
        for name, value in (
            ('loss', step.loss),
            ('questions', float(step.questions)),
            ('seconds', step.seconds),
            ('outside', step.outside * step.seconds),
        ):
            before = self.values.get(name, value)
            self.values[name] = before + _NEW * (value - before)
        seconds = max(self.values['seconds'], 1e-9)
        rate = self.values['questions'] / seconds
        return (
            f'loss {self.values["loss"]:.4f}  {rate:.0f} questions/s  '
            f'{100 * self.values["outside"] / seconds:.0f} % outside the model'
        )


@contextmanager
def watched(console: Console, stage: str) -> Iterator[Watch]:
    """Show a run while the block lasts."""
    from smolrgpt_ros.training.loop import Watch

    with _bar(console) as progress:
        task = progress.add_task(stage, total=None, told='')
        shown, lines = Shown(), _Lines(console, stage)

        def begin(step: int, steps: int) -> None:
            lines.begin(step, steps)
            progress.update(task, completed=step, total=steps)

        def each(step: Step) -> None:
            told = shown.add(step)
            progress.update(task, completed=step.step, told=told)
            if not console.is_terminal:
                lines.each(step.step, told)

        def say(sentence: str) -> None:
            console.print(sentence, highlight=False, markup=False, soft_wrap=True)

        yield Watch(begin, each, say)


def _bar(console: Console) -> Progress:
    columns = (
        TextColumn('{task.description}'),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn('{task.fields[told]}'),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


class _Lines:
    """Plain lines with the time left, for logs."""

    def __init__(self, console: Console, stage: str) -> None:
        self._console, self._stage = console, stage
        self._first, self._steps, self._began, self._told = 0, 0, 0.0, 0.0

    def begin(self, step: int, steps: int) -> None:
        """Remember where the run stands."""
        self._first, self._steps, self._began = step, steps, time.monotonic()

    def each(self, step: int, told: str) -> None:
        """Print a line when the last is long ago."""
        now = time.monotonic()
        if now - self._told < _LINE_EVERY_S and step != self._steps:
            return
        self._told = now
        left = (now - self._began) / max(step - self._first, 1) * (self._steps - step)
        self._console.print(
            f'{self._stage} {step}/{self._steps}  {told}  {_duration(left)} left',
            highlight=False,
            soft_wrap=True,
        )


def _duration(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f'{hours} h {minutes:02d} min' if hours else f'{minutes} min'
