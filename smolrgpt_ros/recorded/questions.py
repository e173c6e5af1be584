# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A file of questions, and when each is asked.

One question a line. Empty lines and lines that begin with # are left out. A question may begin with
when it is asked, in seconds from the recording's start, as a slice in Python:

    [12.3] once, [10:20] from 10 s to 20 s, [10:20:0.5] every half second of these, [30:] from 30 s
    on. Without it, and without a step: at every step of `--every`, through the whole recording.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_WHEN = re.compile(r'\[([^\]]*)\]\s*(.*)')
_MOST_TIMES = 10_000_000


class QuestionsError(ValueError):
    """A file of questions that cannot be used; the message names file and line."""


@dataclass(frozen=True)
class Asking:
    """A question and when it is asked, seconds from the recording's start.

    Attributes:
        number: place among the questions of the file, from 0.
        start_s: None: the first step after the recording's start.
        stop_s: included; None: the recording's end. Equal to `start_s`: once.
        step_s: None: that of `--every`.
    """

    number: int
    text: str
    start_s: float | None = None
    stop_s: float | None = None
    step_s: float | None = None


@dataclass(frozen=True)
class Moment:
    """What is asked at one time of the recording.

    Attributes:
        after_ns: nanoseconds after the recording's start.
    """

    after_ns: int
    questions: tuple[Asking, ...]


def read_questions(path: Path) -> tuple[Asking, ...]:
    """The questions of a file.

    Raises QuestionsError: not there, not UTF-8, no question in it, a time that is none.
    """
    try:
        lines = path.read_text(encoding='utf-8-sig').splitlines()
    except FileNotFoundError as error:
        raise QuestionsError(f'there is no file of questions {path}') from error
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsError(f'questions {path} cannot be read: {error}') from error
    found: list[Asking] = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text and not text.startswith('#'):
            try:
                found.append(_asking(len(found), text))
            except ValueError as error:
                raise QuestionsError(f'{path}, line {number}: {error}') from error
    if not found:
        raise QuestionsError(
            f'{path} has no question: every line is empty or begins with #; write one a line'
        )
    return tuple(found)


def moments(askings: Sequence[Asking], every_s: float, duration_s: float) -> list[Moment]:
    """When what is asked, in order of time, within a recording of `duration_s`.

    Raises:
        QuestionsError: nothing is asked within the recording, or far too much.
    """
    at: dict[int, list[Asking]] = {}
    for asking in askings:
        for after_ns in _times_ns(asking, every_s, duration_s):
            at.setdefault(after_ns, []).append(asking)
    if not at:
        raise QuestionsError(
            f'the recording lasts {duration_s:.3f} s, and no question is asked within it; give an '
            'earlier time, or a smaller --every'
        )
    return [Moment(after_ns, tuple(at[after_ns])) for after_ns in sorted(at)]


def _times_ns(asking: Asking, every_s: float, duration_s: float) -> list[int]:
    step_s = asking.step_s or every_s
    # In the first moment of a recording nothing has been seen yet.
    start_s = step_s if asking.start_s is None else asking.start_s
    stop_s = duration_s if asking.stop_s is None else min(asking.stop_s, duration_s)
    if start_s > stop_s:
        return []
    count = math.floor((stop_s - start_s) / step_s + 1e-9) + 1
    if count > _MOST_TIMES:
        raise QuestionsError(
            f'{asking.text!r} would be asked {count} times, every {step_s:g} s; ask less often'
        )
    return [round((start_s + index * step_s) * 1e9) for index in range(count)]


def _asking(number: int, text: str) -> Asking:
    found = _WHEN.fullmatch(text)
    if found is None:
        return Asking(number, text)
    when, question = found[1], found[2].strip()
    if not question:
        raise ValueError(f'{text!r} has a time and no question')
    parts = [_seconds(part, when) for part in when.split(':')]
    if len(parts) > 3 or parts == [None]:
        raise ValueError(_no_time(when))
    if len(parts) == 1:
        return Asking(number, question, parts[0], parts[0])
    start_s, stop_s, step_s = (*parts, None)[:3]
    if step_s == 0:
        raise ValueError(f'the step of [{when}] is 0; expected seconds above 0')
    if start_s is not None and stop_s is not None and start_s > stop_s:
        raise ValueError(f'[{when}] ends before it begins')
    return Asking(number, question, start_s, stop_s, step_s)


def _seconds(part: str, when: str) -> float | None:
    if not part.strip():
        return None
    try:
        value = float(part)
    except ValueError as error:
        raise ValueError(_no_time(when)) from error
    if not math.isfinite(value) or value < 0:
        raise ValueError(f'[{when}] has {part.strip()}, expected seconds from 0 on')
    return value


def _no_time(when: str) -> str:
    return (
        f'[{when}] is no time; expected seconds from the start of the recording, as [12.3], '
        '[10:20] or [10:20:0.5]'
    )
