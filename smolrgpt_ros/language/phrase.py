# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A noun phrase while the grammar works on it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Phrase:
    """A noun phrase while the grammar works on it.

    Attributes:
        first, last: tokens [first, last) it spans.
        noun: head noun as written, singular; class_id: what it means.
        masks: positions among the question's masks.
        via: preposition before the masks ('in' in 'pallets in <mask>'), '' where they follow the
            noun directly.
        joined: masks were joined by 'and' ('<mask> and <mask>').
        asked: opened by 'which', 'what' or 'how many'.
        side: bare 'left' or 'right' behind the noun ('the buffer on the left').
    """

    first: int
    last: int
    noun: str = ''
    class_id: str = ''
    plural: bool = False
    superlative: str = ''
    ordinal: int = 0
    attribute: str = ''
    object_id: str = ''
    viewer: bool = False
    masks: list[int] = field(default_factory=list)
    via: str = ''
    joined: bool = False
    asked: str = ''
    side_behind: bool = False
    described: bool = False
    relation: tuple[str, Phrase] | None = None
    pools: list[Phrase] = field(default_factory=list)

    @property
    def pool(self) -> bool:
        """True for an enumeration to choose from: 'the pallets <mask> <mask>'."""
        return bool(self.masks) and not self.superlative and (self.plural or len(self.masks) > 1)

    @property
    def definite(self) -> bool:
        """True where the words alone pick one."""
        return bool(self.superlative or self.object_id or self.viewer or self.relation)
