# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Short plain descriptions of a whole picture: what the connector learns from."""

from __future__ import annotations

from collections import Counter

import numpy as np

from smolrgpt_ros.training.data.region_questions import NOUNS, RegionQuestion
from smolrgpt_ros.warehouse.render import Frame, detected_things
from smolrgpt_ros.warehouse.shown import View

_PLURALS = {noun: 'shelves' if noun == 'shelf' else f'{noun}s' for noun in NOUNS.values()}
_PLURALS['person'] = 'people'
_SIDES = ('on the left', 'in the middle', 'on the right')
# Seen less than this, a thing is not told of, like by anybody who looks.
_MIN_VISIBLE = 0.3

DESCRIBE = (
    'Describe the picture.',
    'What is in the picture?',
    'Describe the image briefly.',
    'Give a short caption of the picture.',
    'What does the camera see?',
)
COUNT_ALL = ('Count the objects.', 'How many objects of each kind are there?')


def captions(view: View, rng: np.random.Generator, count: int) -> list[RegionQuestion]:
    """Up to `count` different descriptions; each has no regions and ends in a full stop."""
    things = told_things(view)
    asked = [
        *((text, _places(view.frame, things), 'places') for text in DESCRIBE),
        *((text, _counts(view.frame, things), 'counts') for text in COUNT_ALL),
        *(
            (f'What is {side}?', _side(view.frame, things, number), 'side')
            for number, side in enumerate(_SIDES)
        ),
        *(
            (f'How many {_PLURALS[noun]} are in the picture?', str(many), 'how_many')
            for noun, many in _by_noun(view.frame, things).items()
        ),
    ]
    order = rng.permutation(len(asked))[:count]
    return [RegionQuestion(asked[i][0], (), asked[i][1], asked[i][2]) for i in order]


def told_things(view: View) -> list[int]:
    """Indices of the things that can be well seen."""
    return [i for i in detected_things(view.frame) if view.covered[i].visible >= _MIN_VISIBLE]


def _by_noun(frame: Frame, things: list[int]) -> dict[str, int]:
    counts = Counter(NOUNS[frame.world.things[i].class_id] for i in things)
    return {noun: counts[noun] for noun in NOUNS.values()}


def _listed(counts: dict[str, int]) -> str:
    """'2 pallets, 1 shelf', the order of the classes; 'nothing'."""
    said = [f'{n} {noun if n == 1 else _PLURALS[noun]}' for noun, n in counts.items() if n]
    return ', '.join(said) or 'nothing'


def _counts(frame: Frame, things: list[int]) -> str:
    return f'{_listed(_by_noun(frame, things))}.'


def _side_of(frame: Frame, index: int) -> int:
    x0, _, x1, _ = frame.box_px(index)
    return min(int((x0 + x1) / 2.0 * 3.0 / frame.camera.width), 2)


def _side(frame: Frame, things: list[int], side: int) -> str:
    return _counts(frame, [i for i in things if _side_of(frame, i) == side])


def _places(frame: Frame, things: list[int]) -> str:
    told = []
    for side, words in enumerate(_SIDES):
        here = [i for i in things if _side_of(frame, i) == side]
        told.append(f'{words} {_listed(_by_noun(frame, here))}')
    return f'A warehouse: {"; ".join(told)}.'
