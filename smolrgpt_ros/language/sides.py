# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: SIM905 - words are easier to read and to add to in running lines
"""Sideways superlatives of several words."""

from __future__ import annotations

from smolrgpt_ros.language.token import Token

_SIDE_ENDS = frozenset(
    """
    side hand edge end border part corner half portion direction
    """.split()
)

_TOWARDS = frozenset(
    """
    to towards toward the on at in very far of
    """.split()
)


def merge_sides(tokens: list[Token]) -> list[Token]:
    """'furthest to the left', 'far left', 'left most'.

    'closest to the right side' become leftmost, rightmost.
    """
    merged: list[Token] = []
    index = 0
    while index < len(tokens):
        length, value = _side_superlative(tokens, index)
        if length:
            run = tokens[index : index + length]
            text = ' '.join(token.text for token in run)
            merged.append(Token('superlative', text, value, run[0].start, run[-1].end))
            index += length
            continue
        token = tokens[index]
        merged.append(token)
        index += 1
        while (
            token.kind in ('side', 'superlative')
            and index < len(tokens)
            and tokens[index].text in _SIDE_ENDS
        ):
            index += 1  # 'left hand side' says no more than 'left'
    return merged


def _compared(tokens: list[Token], index: int) -> bool:
    """True where 'than' follows: 'further to the left than X' asks for a side of X."""
    return any(token.text == 'than' for token in tokens[index : index + 12])


def _side_superlative(tokens: list[Token], index: int) -> tuple[int, str]:
    """(tokens used, 'leftmost' or 'rightmost') of a sideways superlative at `index`, or (0, '')."""
    first = tokens[index]
    end = index + 1
    if first.kind == 'side':
        if end < len(tokens) and tokens[end].text == 'most':
            return 2, f'{first.value}most'
        return 0, ''
    if first.text == 'most' or first.text in ('far', 'extreme', 'utmost', 'outermost'):
        reach = 3
    elif first.value in ('furthest', 'nearest') and first.kind == 'superlative':
        reach = 5
    elif first.text in ('further', 'farther', 'more') and not _compared(tokens, index):
        reach = 3
    else:
        return 0, ''
    while end < len(tokens) and end - index < reach and tokens[end].text in _TOWARDS:
        if first.text == 'far' and tokens[end].text != 'to' and end == index + 1:
            break
        end += 1
    if end >= len(tokens) or tokens[end].kind != 'side':
        return 0, ''
    value = f'{tokens[end].value}most'
    end += 1
    ended = False
    while end < len(tokens) and tokens[end].text in _SIDE_ENDS:
        end += 1
        ended = True
    following = tokens[end].kind if end < len(tokens) else ''
    if (
        first.value == 'nearest'
        and not ended
        and following in ('noun', 'nouns', 'neutral', 'attribute', 'unknown')
    ):
        return 0, ''  # 'closest to the left buffer' is about a buffer
    return end - index, value
