# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Left or right out of a free text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from smolrgpt_ros.language.mentions import Mention
from smolrgpt_ros.language.question import Question

_SIDE = re.compile(r'\b(?P<side>left|right)(?:most|ward|wards)?\b', re.IGNORECASE)

_NOT = frozenset({'not', 'isn', 'doesn', 'never', 'neither', 'rather', 'instead'})


def read_side(plain: str, mentions: Sequence[Mention], question: Question | None) -> str | None:
    """'left' or 'right' of the question's subject, None where the text says neither."""
    words = plain.strip().lower().strip('.!"\' ')
    if words in ('l', 'r'):
        return 'left' if words == 'l' else 'right'
    match = next((m for m in _SIDE.finditer(plain) if not _negated(plain, m.start())), None)
    if match is None:
        denied = _SIDE.search(plain)
        if denied is not None:
            return _turned(
                denied['side'].lower(), not _is_turned(denied, plain, mentions, question)
            )
        return _side_of_yes(words, question)
    return _turned(match['side'].lower(), _is_turned(match, plain, mentions, question))


def _turned(side: str, turn: bool) -> str:
    return {'left': 'right', 'right': 'left'}[side] if turn else side


def _negated(plain: str, position: int) -> bool:
    return any(word in _NOT for word in re.findall(r'[a-z]+', plain[:position].lower())[-5:])


def _is_turned(
    match: re.Match[str], plain: str, mentions: Sequence[Mention], question: Question | None
) -> bool:
    """True where the sentence speaks of the question's landmark as seen from its subject."""
    if question is None or len(question.references) < 2:
        return False
    subjects, landmarks = (set(reference.masks) for reference in question.references[:2])
    if subjects == landmarks:
        return False
    behind = [m for m in mentions if m.start >= match.end()]
    before = [m for m in mentions if m.end <= match.start()]
    if behind and re.match(
        r'[\s-]*(?:hand)?\s*(?:side)?\s*(?:of|from|to)\b',
        plain[match.end() : behind[0].start],
        re.I,
    ):
        return behind[0].region in subjects and behind[0].region not in landmarks
    if before:
        has = re.search(r'\b(?:has|have|with)\b', plain[before[0].end : match.start()], re.I)
        spoken_of = before[-1] if has else before[0]
        return spoken_of.region in landmarks and spoken_of.region not in subjects
    return False


def _side_of_yes(words: str, question: Question | None) -> str | None:
    if question is None or question.side not in ('left', 'right'):
        return None
    first = words.split(maxsplit=1)[0].strip(',.') if words else ''
    if first in ('yes', 'true', 'correct', 'yeah', 'indeed'):
        return question.side
    if first in ('no', 'false', 'incorrect', 'nope'):
        return _turned(question.side, True)
    return None
