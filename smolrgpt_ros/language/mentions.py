# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Objects mentioned in a free text: `[Region 2]` or a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from smolrgpt_ros.language import lexicon

_NUMBER = r'\d{1,3}|' + '|'.join(lexicon.NUMBER_WORDS)

_REGION = re.compile(
    r'[\[<(]?\s?\b(?:region|mask|object|index|option)s?[\s_#:-]{0,3}'
    rf'(?P<number>{_NUMBER})\b\s?[\]>)]?',
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Mention:
    """Characters [start, end) that mean the region."""

    start: int
    end: int
    region: int


def mentions_in(plain: str, names: Sequence[str]) -> list[Mention]:
    """All mentions, in the order of the text."""
    found = [
        Mention(match.start(), match.end(), _number(match['number']))
        for match in _REGION.finditer(plain)
    ]
    named = {name.lower(): index for index, name in reversed(list(enumerate(names))) if name}
    if named:
        longest_first = sorted(named, key=len, reverse=True)
        pattern = re.compile(
            r'(?<![\w-])(?:' + '|'.join(map(re.escape, longest_first)) + r')(?![\w-])',
            re.IGNORECASE,
        )
        found += [
            Mention(match.start(), match.end(), named[match.group().lower()])
            for match in pattern.finditer(plain)
            if match.group().lower() in named
        ]
    return sorted(found, key=lambda mention: mention.start)


def _number(word: str) -> int:
    return int(word) if word.isdigit() else lexicon.NUMBER_WORDS[word.lower()]


def blanked(plain: str, mentions: Sequence[Mention]) -> str:
    """The text with its mentions made blanks, positions kept."""
    characters = list(plain)
    for mention in mentions:
        characters[mention.start : mention.end] = ' ' * (mention.end - mention.start)
    return ''.join(characters)
