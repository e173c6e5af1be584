# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The few sentences that can answer a closed question, as the dataset words them."""

from __future__ import annotations

from smolrgpt_ros.language.question import Category, Question
from smolrgpt_ros.reasoning.neural_prompt import NeuralPrompt


def choices_of(question: Question, prompt: NeuralPrompt) -> tuple[str, ...]:
    """Possible answers of a closed question; () for an open one.

    The wording of left_right is the dataset's. Of the other two no sentence is published: what
    tells their answers apart comes as early as it can, so that the rest weighs little.
    """
    count = len(prompt.regions)
    if question.category is Category.LEFT_RIGHT and count == 2:
        subject, landmark = (f'{noun} [Region {place}]' for place, noun in enumerate(prompt.nouns))
        return tuple(
            f'The {subject} is to the {side} of the {landmark}.' for side in ('left', 'right')
        )
    if question.category is Category.MCQ and count:
        places = _candidates(question, prompt)
        return tuple(f'The {prompt.nouns[place]} [Region {place}].' for place in places)
    if question.category is Category.COUNT and count:
        pallets = sum(noun == 'pallet' for noun in prompt.nouns)
        return tuple(f'{number}' for number in range(pallets + 1))
    return ()


def normalized_choices_of(question: Question, prompt: NeuralPrompt) -> tuple[str, ...]:
    """Possible answers of a closed question in the benchmark's normalized form; () for others."""
    count = len(prompt.regions)
    if question.category is Category.LEFT_RIGHT and count == 2:
        return ('left', 'right')
    if question.category is Category.MCQ and count:
        return tuple(f'{place}' for place in _candidates(question, prompt))
    return choices_of(question, prompt)  # a count is a number either way


def _candidates(question: Question, prompt: NeuralPrompt) -> tuple[int, ...]:
    """Places in the prompt that may be chosen."""
    if question.mask_count:
        return question.references[0].masks or tuple(range(question.mask_count))
    return tuple(place for place, position in enumerate(prompt.positions) if position == 0)
