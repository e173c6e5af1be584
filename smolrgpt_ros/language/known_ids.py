# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Ids of a scene, found in any spelling, and words that look like ids."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from smolrgpt_ros.language import lexicon
from smolrgpt_ros.language.expressions import EXPRESSIONS
from smolrgpt_ros.language.token import Token
from smolrgpt_ros.language.words import is_known_word, normalise, singular

_ALNUM = re.compile(r'[^\W_]+')

_ID_SEPARATORS = frozenset(' _-#:/.|()[]')

_LONGEST_ID_PIECES = 12

_UUID = re.compile(r'\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b', re.IGNORECASE)

_GUESSED_ID = re.compile(r'\b[^\W\d_]{1,30}(?:[_\-]?\d{1,9}){1,4}\b')


@lru_cache(maxsize=1024)
def id_key(object_id: str) -> str:
    """What two spellings of one id share: 'Pallet-3', 'pallet 3' and 'pallet_3' are 'pallet3'."""
    return ''.join(_ALNUM.findall(normalise(object_id))).casefold()


@lru_cache(maxsize=1024)
def _pieces_of(object_id: str) -> int:
    return len(_ALNUM.findall(normalise(object_id)))


def id_spans(text: str, known_ids: Sequence[str]) -> list[tuple[int, int, str]]:
    """(start, end, id) of known ids, longest first at each place.

    Then of words that look like ids.
    """
    spans = _known_spans(text, known_ids)
    taken = [False] * (len(text) + 1)
    for start, end, _ in spans:
        taken[start:end] = [True] * (end - start)
    for pattern in (_UUID, _GUESSED_ID):
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(taken[start:end]) and not _is_unit_word(match.group()):
                spans.append((start, end, match.group().lower()))
                taken[start:end] = [True] * (end - start)
    return sorted(spans)


def _is_unit_word(word: str) -> bool:
    """True for '<mask>2'-like accidents where the letters are no name ('by2', 'mask1')."""
    letters = word.rstrip('0123456789').rstrip('_-').lower()
    return letters in lexicon.FUNCTION_WORDS or letters in EXPRESSIONS


def _known_spans(text: str, known_ids: Sequence[str]) -> list[tuple[int, int, str]]:
    by_key: dict[str, list[str]] = {}
    most_pieces = 0
    for object_id in known_ids:
        key = id_key(object_id)
        if not key or key.isdigit() or is_known_word(key):
            continue  # '3' is a number and 'pallet' a class until something says otherwise
        by_key.setdefault(key, []).append(object_id)
        most_pieces = max(most_pieces, _pieces_of(object_id) + 1)
    determiners = [
        known for known in known_ids if len(known) < 8 and known.lower() in lexicon.DETERMINERS
    ]
    if not by_key and not determiners:
        return []
    pieces = [(match.start(), match.end()) for match in _ALNUM.finditer(text)]
    spans = []
    index = 0
    while index < len(pieces):
        if determiners and _is_named_like_a_word(text, pieces, index, determiners):
            spans.append((*pieces[index], text[slice(*pieces[index])]))
            index += 1
            continue
        found = _longest_id(text, pieces, index, min(most_pieces, _LONGEST_ID_PIECES), by_key)
        if found is None:
            index += 1
            continue
        count, object_id = found
        spans.append((pieces[index][0], pieces[index + count - 1][1], object_id))
        index += count
    return spans


def _is_named_like_a_word(
    text: str, pieces: list[tuple[int, int]], index: int, ids: Sequence[str]
) -> bool:
    """True for the object 'A' of 'is A left of B', not for the article of 'A pallet'."""
    if text[slice(*pieces[index])] not in ids or not text[pieces[index][0]].isupper():
        return False
    if index + 1 == len(pieces):
        return True
    following = text[slice(*pieces[index + 1])].lower()
    base = singular(following)
    return is_known_word(following) and not (
        base in lexicon.CLASS_WORDS
        or following in lexicon.SUPERLATIVES
        or following in lexicon.ATTRIBUTES
        or following in lexicon.NEUTRAL_WORDS
    )


def _longest_id(
    text: str,
    pieces: list[tuple[int, int]],
    index: int,
    most_pieces: int,
    by_key: dict[str, list[str]],
) -> tuple[int, str] | None:
    joined = ''
    found = None
    for count in range(1, most_pieces + 1):
        if index + count > len(pieces):
            break
        start, end = pieces[index + count - 1]
        if count > 1:
            gap = text[pieces[index + count - 2][1] : start]
            if len(gap) > 2 or not set(gap) <= _ID_SEPARATORS:
                break
        joined += text[start:end].casefold()
        if joined in by_key and not _is_measure(text, pieces, index + count - 1):
            spelled = text[pieces[index][0] : end]
            ids = by_key[joined]
            found = count, spelled if spelled in ids else ids[0]
    return found


def _is_measure(text: str, pieces: list[tuple[int, int]], last: int) -> bool:
    """True where the last piece is the number of a length: 'next to pallet 3 m wide'."""
    start, end = pieces[last]
    decimal = text[end : end + 1] in ('.', ',') and text[end + 1 : end + 2].isdigit()
    if text[start:end].isdigit() and decimal:
        return True  # 'a pallet 1.2 m wide' is no 'pallet 1'
    if (
        not text[start:end].isdigit()
        or start == 0
        or text[start - 1] != ' '
        or last + 1 >= len(pieces)
    ):
        return False
    following = text[slice(*pieces[last + 1])].lower()
    return following in lexicon.METRES_PER_UNIT


def numbers_that_are_ids(tokens: list[Token], known_ids: Sequence[str]) -> list[Token]:
    """'how far is 3 from 4' where a tracker's ids are numbers; 'the 2 pallets' still counts."""
    numeric = {known for known in known_ids if known.isdigit()}
    if not numeric:
        return tokens
    return [
        Token('id', token.text, token.text, token.start, token.end)
        if token.kind == 'number'
        and token.text in numeric
        and (index + 1 == len(tokens) or tokens[index + 1].kind not in ('noun', 'nouns', 'unknown'))
        else token
        for index, token in enumerate(tokens)
    ]
