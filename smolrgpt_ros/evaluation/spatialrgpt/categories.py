# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What SpatialRGPT-Bench asks, and under which of its twelve figures it counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(str, Enum):
    """How an answer is read and compared."""

    PREDICATE = 'predicate'
    CHOICE = 'choice'
    LENGTH = 'length'
    CLOCK = 'clock'


@dataclass(frozen=True)
class Asked:
    """A category of the benchmark.

    Attributes:
        figure: which of the twelve figures it counts for.
        words: what says the relation asked for, PREDICATE only.
        opposite: what says the reverse.
    """

    figure: str
    kind: Kind
    words: frozenset[str] = frozenset()
    opposite: frozenset[str] = frozenset()


FIGURES = (
    'left_right', 'below_above', 'behind_front', 'big_small', 'tall_short', 'wide_thin',
    'direct_distance', 'horizontal_distance', 'vertical_distance', 'width', 'height', 'direction',
)  # fmt: skip

_PAIRS = {
    'left_right': ('left', 'left leftmost', 'right', 'right rightmost'),
    'below_above': ('below', 'below under beneath lower', 'above', 'above over higher'),
    'behind_front': ('behind', 'behind further farther', 'front', 'front closer nearer'),
    'big_small': ('big', 'big bigger large larger', 'small', 'small smaller tiny'),
    'tall_short': ('tall', 'tall taller', 'short', 'short shorter'),
    'wide_thin': ('wide', 'wide wider', 'thin', 'thin thinner narrow narrower'),
}
_LENGTHS = {
    'distance_data': 'direct_distance',
    'horizontal_distance_data': 'horizontal_distance',
    'vertical_distance_data': 'vertical_distance',
    'width_data': 'width',
    'height_data': 'height',
}


def _categories() -> dict[str, Asked]:
    known = {name: Asked(figure, Kind.LENGTH) for name, figure in _LENGTHS.items()}
    known['direction'] = Asked('direction', Kind.CLOCK)
    for figure, (first, first_words, second, second_words) in _PAIRS.items():
        one, other = frozenset(first_words.split()), frozenset(second_words.split())
        for name, own, opposite in ((first, one, other), (second, other, one)):
            known[f'{name}_predicate'] = Asked(figure, Kind.PREDICATE, own, opposite)
            known[f'{name}_choice'] = Asked(figure, Kind.CHOICE, own, opposite)
    return known


ASKED: dict[str, Asked] = _categories()
"""Category of a record -> what it asks."""
