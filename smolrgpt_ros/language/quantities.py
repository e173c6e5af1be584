# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Lengths with their unit, in metres."""

from __future__ import annotations

from smolrgpt_ros.language import lexicon
from smolrgpt_ros.language.token import Token


def merge_quantities(tokens: list[Token]) -> list[Token]:
    """Numbers and their units become one token in metres.

    '1,5 m', '4 ft 6 in', 'one and a half metres'.
    """
    merged: list[Token] = []
    index = 0
    while index < len(tokens):
        found = _quantity(tokens, index)
        if found is None:
            merged.append(tokens[index])
            index += 1
            continue
        length, metres = found
        run = tokens[index : index + length]
        text = ' '.join(token.text for token in run)
        previous = merged[-1] if merged else None
        if (
            previous is not None
            and previous.kind == 'quantity'
            and tokens[index - 1].text not in ('and', ',')
        ):
            merged[-1] = Token(
                'quantity',
                f'{previous.text} {text}',
                '',
                previous.start,
                run[-1].end,
                previous.number + metres,
            )
        else:
            merged.append(Token('quantity', text, '', run[0].start, run[-1].end, metres))
        index += length
    return merged


def _quantity(tokens: list[Token], index: int) -> tuple[int, float] | None:
    """(tokens used, metres) of a quantity that starts at `index`."""

    def word(offset: int) -> str:
        return tokens[index + offset].text if index + offset < len(tokens) else ''

    first = tokens[index]
    used, number = 0, 0.0
    if first.kind == 'number' or first.text == 'one':
        used, number = 1, first.number if first.kind == 'number' else 1.0
        if word(1) == 'point' and index + 2 < len(tokens) and tokens[index + 2].kind == 'number':
            used, number = 3, number + tokens[index + 2].number / 10.0
        elif (word(1), word(2), word(3)) == ('and', 'a', 'half'):
            used, number = 4, number + 0.5
        elif word(1) in ('½', '1⁄2'):
            used, number = 2, number + 0.5
    elif first.text == 'half':
        used, number = 1, 0.5
        if word(1) in ('a', 'an'):
            used = 2
    elif first.text in ('a', 'an') and word(1) == 'half':
        used, number = 2, 0.5
    elif first.text in ('a', 'an') and word(1) in lexicon.METRES_PER_UNIT:
        used, number = 1, 1.0
        if (word(2), word(3), word(4)) == ('and', 'a', 'half'):
            return 5, 1.5 * lexicon.METRES_PER_UNIT[word(1)]
    if not used or index + used >= len(tokens):
        return None
    unit = tokens[index + used]
    if unit.text in ('in', '"') and (
        unit.start == tokens[index + used - 1].end or _after_feet(tokens, index)
    ):
        return used + 1, number * 0.0254
    if unit.text == "'" and unit.start == tokens[index + used - 1].end:
        return used + 1, number * 0.3048
    if unit.text not in lexicon.METRES_PER_UNIT:
        return None
    if unit.text != 'm' or unit.start - tokens[index + used - 1].end <= 2:
        return used + 1, number * lexicon.METRES_PER_UNIT[unit.text]
    return None


def _after_feet(tokens: list[Token], index: int) -> bool:
    return index > 0 and tokens[index - 1].text in ('ft', 'feet', 'foot', "'")
