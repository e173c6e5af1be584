# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How a question is drawn and worded; the kinds of questions are built on this."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from smolrgpt_ros.language.question import Category
from smolrgpt_ros.warehouse.paraphrases import CLASS_NOUNS, PARAPHRASES
from smolrgpt_ros.warehouse.shown import Shown, View
from smolrgpt_ros.warehouse.templates import BUFFER_NOUNS

MAX_MASKS = 15
T = TypeVar('T')
# Thing index -> position of its token in the question.
Positions = dict[int, int]


@dataclass(frozen=True)
class Asked:
    """A question with its truth.

    Attributes:
        text: with one `<mask>` token for each of `things`.
        things: indices of the world's things, in the order of the tokens.
        answer: the normalized answer.
        freeform: the answer as a sentence; names objects '[Region i]'.
        kind: which sort of question of its category ('pickup', 'pair', ...).
    """

    text: str
    category: Category
    things: tuple[int, ...]
    answer: str | int | float
    freeform: str
    kind: str


@dataclass(frozen=True, eq=False)
class Asker:
    """Draws from a view and fills templates.

    Attributes:
        paraphrased: share of the questions worded otherwise than the benchmark does.
    """

    view: View
    rng: np.random.Generator
    paraphrased: float = 0.0

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[int(self.rng.integers(len(options)))]

    def word(self, wordings: tuple[str, ...]) -> str:
        """Return one of the wordings, or a paraphrase of them."""
        if self._rephrases() and wordings in PARAPHRASES:
            return self.pick(PARAPHRASES[wordings])
        return self.pick(wordings)

    def _rephrases(self) -> bool:
        return self.paraphrased > 0.0 and self.rng.random() < self.paraphrased

    def some(self, options: Sequence[Shown], most: int, least: int | None = None) -> list[Shown]:
        """Return `most` of the options (or `least` to `most`), fewer if there are not as many."""
        count = most if least is None else int(self.rng.integers(least, most + 1))
        return [options[i] for i in self.rng.permutation(len(options))[:count]]

    def of_class(self, class_id: str, most: int, least: int | None = None) -> list[Shown]:
        """Return some things of a class."""
        return self.some(self.view.by_class[class_id], most, least)

    def noun(self, shown: Shown) -> str:
        """Return what people call it."""
        kind = shown.thing.class_id
        if self._rephrases():
            return self.pick(CLASS_NOUNS[kind])
        return self.pick(BUFFER_NOUNS) if kind == 'buffer' else kind

    def ask(
        self,
        category: Category,
        kind: str,
        template: str,
        answer: str | int | float | Shown,
        sentence: Callable[[Callable[[Shown], str]], str],
        slots: dict[str, Any],
    ) -> Asked | None:
        """Fill a template; None when it holds too few, too many or the same masks twice.

        Args:
            answer: a `Shown` stands for the position of its token.
            sentence: makes the free answer from a function that names a region.
            slots: a `Shown` becomes its noun and token, a list of them tokens, a tuple of them
                nouns and tokens ('the pallet <mask>, and the shelf <mask>'); text stays.
        """
        things: list[int] = []

        def fill(match: re.Match[str]) -> str:
            value = slots[match[1]]
            if isinstance(value, str):
                return value
            if isinstance(value, Shown):
                things.append(value.index)
                return '<mask>' if match[1] == 'o' else f'the {self.noun(value)} <mask>'
            things.extend(shown.index for shown in value)
            if isinstance(value, tuple):
                each = [f'the {self.noun(shown)} <mask>' for shown in value]
                return f'{", ".join(each[:-1])}, and {each[-1]}'
            return ' '.join(['<mask>'] * len(value))

        text = re.sub(r'\{(\w+)\}', fill, template)
        if not 2 <= len(things) <= MAX_MASKS or len(set(things)) != len(things):
            return None

        def name(shown: Shown) -> str:
            noun = 'buffer region' if shown.thing.class_id == 'buffer' else shown.thing.class_id
            return f'the {noun} [Region {things.index(shown.index)}]'

        said = sentence(name)
        value = things.index(answer.index) if isinstance(answer, Shown) else answer
        return Asked(text, category, tuple(things), value, said[0].upper() + said[1:], kind)
