# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Lengths that are a radius, to stay within or to be beyond."""

from __future__ import annotations

from smolrgpt_ros.language.token import Token

LESS = frozenset(
    ['within', 'radius', 'closer', 'nearer', 'less', 'under', 'below', 'most', 'inside', 'up']
)


MORE = frozenset({'further', 'farther', 'more', 'over', 'beyond', 'above', 'outside', 'least'})


def radius_index(tokens: tuple[Token, ...]) -> int:
    """Index of the quantity that is a radius, -1 where there is none.

    The radius may be one to stay within or one to be beyond, see `is_beyond`.
    """
    for index, token in enumerate(tokens):
        if token.kind != 'quantity':
            continue
        near = [tokens[i].text for i in range(max(0, index - 5), index)]
        following = tokens[index + 1].text if index + 1 < len(tokens) else ''
        if _is_more(near):
            return index
        denied = 'than' in near and {'no', 'not'} & set(near)
        if set(near) & LESS or following == 'radius' or denied:
            return index
        if following in ('around', 'of', 'from', 'away') and near[-1:] == ['in']:
            return index
    return -1


def is_beyond(tokens: tuple[Token, ...], index: int) -> bool:
    """True where the radius at `index` is one to be beyond: 'farther than 3 m'."""
    return _is_more([token.text for token in tokens[max(0, index - 5) : index]])


def _is_more(near: list[str]) -> bool:
    """True for 'farther than', 'at least', 'beyond'; not for 'no more than'."""
    words = set(near)
    if {'no', 'not'} & words:
        return False
    return bool(
        (words & MORE and 'than' in words)
        or {'at', 'least'} <= words
        or {'beyond', 'outside', 'over'} & words
    )
