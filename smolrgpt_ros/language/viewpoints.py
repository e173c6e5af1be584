# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where it is looked from: said in many words, and the camera in each case."""

from __future__ import annotations

from smolrgpt_ros.language import lexicon
from smolrgpt_ros.language.token import Token

_LONGEST_VIEWPOINT = 16


# 'from where the camera is positioned'
_PLACED = frozenset({'positioned', 'located', 'placed', 'situated', 'standing', 'mounted'})
_OBSERVERS = frozenset({'camera', 'viewer', 'observer', 'i', 'we', 'robot', 'you'})


def without_viewpoints(tokens: list[Token]) -> list[Token]:
    """Drop 'from this viewpoint', 'in the picture', 'when looking from this angle'.

    The camera is meant anyway.
    """
    kept: list[Token] = []
    index = 0
    while index < len(tokens):
        if tokens[index].text in lexicon.VIEW_OPENERS and tokens[index].kind != 'mask':
            last = index
            end = index + 1
            while end < min(len(tokens), index + _LONGEST_VIEWPOINT) and (
                tokens[end].text in lexicon.VIEW_FILLERS
                or _is_placed_next(tokens, end)
                or tokens[end].text in lexicon.VIEW_HEADS
                or tokens[end].value in lexicon.VIEW_HEADS
            ):
                if tokens[end].value in lexicon.VIEW_HEADS or _is_viewing_position(tokens, end):
                    last = end
                end += 1
                if end < len(tokens) and _is_viewing_position(tokens, end):
                    last = end
                    end += 1
            if last > index:
                index = last + 1
                continue
        kept.append(tokens[index])
        index += 1
    return kept


def _is_viewing_position(tokens: list[Token], index: int) -> bool:
    if tokens[index].text in _PLACED:
        return any(token.text in _OBSERVERS for token in tokens[max(0, index - 2) : index])
    return (
        tokens[index].text in ('position', 'location', 'point', 'angle', 'direction')
        and index > 0
        and (
            tokens[index - 1].text
            in ('viewing', 'observation', 'looking', 'camera', 's', 'viewer', 'observer')
        )
    )


def _is_placed_next(tokens: list[Token], index: int) -> bool:
    """True at the 'is' of 'the camera is positioned'."""
    return (
        tokens[index].text in ('is', 'are')
        and tokens[index - 1].text in _OBSERVERS
        and index + 1 < len(tokens)
        and tokens[index + 1].text in _PLACED
    )
