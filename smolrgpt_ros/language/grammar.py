# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a sentence of a known category to the question, references in the order of their roles."""

from __future__ import annotations

from collections.abc import Callable

from smolrgpt_ros.language.choices import choice_question
from smolrgpt_ros.language.counting import count_question
from smolrgpt_ros.language.pairs import distance_question, left_right_question
from smolrgpt_ros.language.places import between_question, room_question, where_question
from smolrgpt_ros.language.question import Category, Question
from smolrgpt_ros.language.sentence_parts import Sentence
from smolrgpt_ros.language.surroundings import within_question

BUILDERS: dict[Category, Callable[[Sentence], Question]] = {
    Category.LEFT_RIGHT: left_right_question,
    Category.MCQ: choice_question,
    Category.DISTANCE: distance_question,
    Category.COUNT: count_question,
    Category.WHERE: where_question,
    Category.BETWEEN: between_question,
    Category.ROOM: room_question,
    Category.WITHIN: within_question,
}
