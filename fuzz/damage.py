# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Damage to a JSON value that leaves most of it in order, so that readers get to the damage."""

from __future__ import annotations

import copy
import json
from typing import Any

from fuzz.draw import Draw

_ODD_VALUES: tuple[Any, ...] = (
    None, True, False, '', 'x', '\0', ' ', '<mask>', '<image>', 'a' * 300, '1' * 5000, '../a.png',
    '/etc/hostname', '.', 'é' * 5, '\ud800', [], {}, [[]], [None], {'a': {}}, [[0, 1]], -0.5, 1e308,
    float('inf'), float('nan'), '{"a": ', '[' * 2000, '{[]: 1}', '()', 'Region [1]',
)  # fmt: skip
_MOST_EDITS = 4
_DEPTH = 100_000


def damaged(value: Any, draw: Draw) -> Any:
    """A copy of a JSON value with up to four things replaced, removed, added or doubled."""
    root = [copy.deepcopy(value)]
    for _ in range(draw.number(0, _MOST_EDITS)):
        holder, key = _place(root, draw)
        action = draw.number(0, 3)
        if action == 0 and holder is not root:
            del holder[key]
        elif action == 1 and isinstance(holder, list) and holder is not root:
            holder.insert(key, copy.deepcopy(holder[key]))
        else:
            holder[key] = _odd(draw, holder[key])
    return root[0]


def written(value: Any, draw: Draw) -> bytes:
    """JSON of a value, now and then broken as text."""
    text = json.dumps(value).encode()
    action = draw.number(0, 15)
    if action == 1:
        return text[: draw.number(0, len(text))]
    if action == 2:
        place = draw.number(0, len(text))
        return text[:place] + draw.rest() + text[place:]
    if action == 3:
        return draw.choose((b'[', b'{"a":')) * draw.number(0, _DEPTH)
    if action == 4:
        return draw.rest()
    return text


def _place(root: list, draw: Draw) -> tuple[Any, Any]:
    """A holder and the key of something in it, at any depth."""
    holder: Any = root
    key: Any = 0
    while isinstance(holder[key], (dict, list)) and holder[key] and draw.number(0, 4) != 1:
        holder = holder[key]
        key = draw.choose(list(holder) if isinstance(holder, dict) else range(len(holder)))
    return holder, key


def _odd(draw: Draw, before: Any) -> Any:
    kind = draw.number(0, 3)
    if kind == 0:
        return copy.deepcopy(draw.choose(_ODD_VALUES))
    if kind == 1:
        return draw.integer()
    if kind == 2 and isinstance(before, str):
        place = draw.number(0, len(before))
        return before[:place] + draw.text(20) + before[place + draw.number(0, 3) :]
    return draw.text(40)
