# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions about a frame with their true answers; none of them is a coin toss."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from smolrgpt_ros.language.question import Category
from smolrgpt_ros.warehouse import choice_questions, count_questions, distance_questions
from smolrgpt_ros.warehouse.asking import Asked, Asker
from smolrgpt_ros.warehouse.render import Frame
from smolrgpt_ros.warehouse.shown import View

Kind = Callable[[Asker], 'Asked | None']

# The kinds of each category take turns; what a picture does not allow is passed over.
KINDS: dict[Category, tuple[Kind, ...]] = {
    Category.LEFT_RIGHT: (choice_questions.side,),
    Category.MCQ: (
        choice_questions.pickup,
        choice_questions.outermost,
        choice_questions.buffer_near,
        choice_questions.pickup,
        choice_questions.buffer_near_shelves,
    ),
    Category.COUNT: (
        count_questions.in_position,
        count_questions.on_side,
        count_questions.near_something,
        count_questions.near_outer_shelf,
    ),
    Category.DISTANCE: (
        distance_questions.pair,
        distance_questions.outer_pallets,
        distance_questions.outer_pallet_and_buffer,
        distance_questions.pair,
        distance_questions.outer_pallet_and_shelf,
        distance_questions.to_outer_buffer,
        distance_questions.in_buffer,
    ),
}


def make_questions(
    frame: Frame | View,
    rng: np.random.Generator,
    per_category: int | Mapping[Category, int] = 4,
    attempts: int = 12,
    *,
    kinds_of: Mapping[Category, tuple[Kind, ...]] = KINDS,
    paraphrased: float = 0.0,
) -> list[Asked]:
    """Ask up to `per_category` different questions of each category.

    Args:
        frame: or a view of it, whose findings are then not made anew.
        attempts: draws for each question wanted, before the picture is taken to allow no more.
        kinds_of: sorts of questions of each category, taken in turn.
        paraphrased: share of the questions worded otherwise than the benchmark does.
    """
    asker = Asker(frame if isinstance(frame, View) else View(frame), rng, paraphrased)
    asked: list[Asked] = []
    for category, kinds in kinds_of.items():
        wanted = per_category if isinstance(per_category, int) else per_category[category]
        found: dict[tuple[str, frozenset[int]], Asked] = {}
        turn = int(rng.integers(len(kinds))) if kinds else 0
        for attempt in range(wanted * attempts if kinds else 0):
            if len(found) == wanted:
                break
            question = kinds[(turn + attempt) % len(kinds)](asker)
            if question:
                found.setdefault((question.kind, frozenset(question.things)), question)
        asked.extend(found.values())
    return asked
