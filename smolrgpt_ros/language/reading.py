# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A model's free text back into the benchmark's normalized form, by rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from smolrgpt_ros.language.mentions import Mention, blanked, mentions_in
from smolrgpt_ros.language.question import Category, Question
from smolrgpt_ros.language.reading_side import read_side
from smolrgpt_ros.language.token import Token
from smolrgpt_ros.language.tokens import tokenize
from smolrgpt_ros.language.words import normalise

LONGEST_ANSWER = 4096

_STATING = re.compile(
    r'^[\s\])>]{0,3}(?:(?:is|appears|seems|should|would|lies|stands|sits|will|can|has|was|looks)\b'
    r"|(?:serves|offers)\b|'s\b)",
    re.IGNORECASE,
)

_NAMING = re.compile(
    r'\b(?:is|be|answer|choose|select|pick|take|choice|option|one)\b'
    r'[\s:]{1,2}(?:(?:the|a)\s)?(?:[a-z]{1,15}\s){0,3}$',
    re.IGNORECASE,
)

_NONE = frozenset({'no', 'none', 'zero', 'empty', 'nothing'})


class UnreadableError(ValueError):
    """A text that answers no question of the category; carries the text."""

    def __init__(self, text: str, category: Category):
        super().__init__(f"no {category.value} answer can be read from '{text[:200]}'")
        self.text = text


@dataclass(frozen=True)
class Reading:
    """What a text says.

    Attributes:
        normalized: 'left' or 'right', mask index, metres, count, 'yes' or 'no'.
        regions: positions of the masks it mentions as `[Region i]`, in order, each once.
    """

    normalized: str | int | float
    regions: tuple[int, ...]


def read_answer(
    text: str, category: Category, question: Question | None = None, names: Sequence[str] = ()
) -> Reading:
    """The normalized answer in a free text.

    Args:
        text: at most `LONGEST_ANSWER` characters of it are read.
        question: tells what a sentence turned round means ('[Region 1] is right of [Region 0]' for
            a question about region 0 is 'left'), which side a 'yes' means and which masks may be
            chosen.
        names: what each mask is called, where the text uses names instead of `[Region i]`.

    Raises:
        UnreadableError: nothing in it answers such a question.
    """
    plain = normalise(text[:LONGEST_ANSWER])
    mentions = mentions_in(plain, names)
    regions = tuple(dict.fromkeys(mention.region for mention in mentions))
    readers = {
        Category.LEFT_RIGHT: read_side,
        Category.MCQ: _read_choice,
        Category.DISTANCE: _read_distance,
        Category.COUNT: _read_count,
        Category.ROOM: _read_yes_no,
    }
    reader = readers.get(category)
    normalized = reader(plain, mentions, question) if reader is not None else None
    if normalized is None:
        raise UnreadableError(text, category)
    return Reading(normalized, regions)


def _read_choice(plain: str, mentions: Sequence[Mention], question: Question | None) -> int | None:
    candidates = (
        list(question.references[0].masks) if question is not None and question.references else []
    )
    count = question.mask_count if question is not None else 0
    allowed = [mention for mention in mentions if not count or mention.region < count]
    preferred = [mention for mention in allowed if mention.region in candidates] or allowed
    for mention in preferred:
        if _STATING.match(plain[mention.end : mention.end + 20]):
            return mention.region
    for mention in preferred:
        if _NAMING.search(plain[max(0, mention.start - 60) : mention.start]):
            return mention.region
    if preferred:
        return preferred[0].region
    return _number_choice(plain, candidates, count)


def _number_choice(plain: str, candidates: list[int], count: int) -> int | None:
    for token in tokenize(plain):
        if token.kind == 'number' and float(token.number).is_integer():
            chosen = int(token.number)
            return chosen if not count or chosen < count else None
        if token.kind == 'ordinal' and int(token.value) <= max(len(candidates), 1):
            place = int(token.value) - 1
            return candidates[place] if candidates else place
    return None


def _read_distance(
    plain: str, mentions: Sequence[Mention], question: Question | None
) -> float | None:
    tokens = tokenize(blanked(plain, mentions))
    for index, token in enumerate(tokens):
        if token.kind == 'quantity':
            return _middle_of_range(tokens, index)
    for token in tokens:
        if token.kind == 'number':
            return float(token.number)
    words = {token.text for token in tokens}
    if {'inside', 'within'} & words:
        return 0.0
    return None


def _middle_of_range(tokens: list[Token], index: int) -> float | None:
    """Metres at `index`; the middle of '2 to 3 m'; None below zero."""
    upper = tokens[index]
    before = tokens[index - 2 : index] if index >= 2 else []
    if len(before) == 2 and before[0].kind == 'number' and before[1].text in ('to', 'and', 'or'):
        whole = upper.text.split()[0].replace(',', '.')
        if whole.replace('.', '', 1).isdigit() and float(whole) > 0.0:
            return 0.5 * upper.number * (1.0 + before[0].number / float(whole))
    return upper.number


def _read_count(plain: str, mentions: Sequence[Mention], question: Question | None) -> int | None:
    tokens = tokenize(blanked(plain, mentions))
    numbers = [
        (index, token)
        for index, token in enumerate(tokens)
        if token.kind == 'number' or (token.text == 'one' and token.kind == 'noun')
    ]
    for index, token in numbers:
        if _counts_noun(tokens, index):
            return _whole(token)
    for index, token in numbers:
        if index and tokens[index - 1].text in (
            'is',
            'are',
            'contains',
            'holds',
            ':',
            'count',
            'exactly',
            'total',
        ):
            return _whole(token)
    if numbers:
        return _whole(numbers[0][1])
    if _NONE & {token.text for token in tokens}:
        return 0
    for first, second in pairwise(tokens):
        if first.text in ('a', 'single', 'only') and second.value == 'pallet':
            return 1
    return None


def _counts_noun(tokens: list[Token], index: int) -> bool:
    following = [
        token
        for token in tokens[index + 1 : index + 3]
        if token.kind not in ('neutral', 'attribute')
    ]
    return (
        bool(following)
        and following[0].kind in ('noun', 'nouns')
        and (following[0].value not in ('buffer', 'shelf', 'one'))
    )


def _whole(token: Token) -> int | None:
    number = 1.0 if token.kind == 'noun' else token.number
    return int(number) if float(number).is_integer() else None


def _read_yes_no(plain: str, mentions: Sequence[Mention], question: Question | None) -> str | None:
    found = re.search(r'\b(yes|no)\b', plain, re.IGNORECASE)
    return found.group().lower() if found else None
