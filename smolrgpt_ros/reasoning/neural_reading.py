# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the network wrote, as an answer about the scene."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from smolrgpt_ros.language.answer import Answer, QuestionError
from smolrgpt_ros.language.parsing import parse
from smolrgpt_ros.language.question import Category, Question
from smolrgpt_ros.language.reading import read_answer
from smolrgpt_ros.reasoning.neural_prompt import NeuralPrompt

_REGION = re.compile(r'\[Region (\d{1,3})\]', re.IGNORECASE)


def neural_answer(
    text: str, question: Question, prompt: NeuralPrompt, ids: Sequence[str], confidence: float
) -> Answer:
    """The answer that `text` gives to `question`, which was asked as `prompt`.

    Args:
        ids: id of every scene region, put in place of `[Region i]`.
        confidence: the network's own, in [0, 1].

    Raises:
        UnreadableError: the text answers no such question.
    """
    names = [ids[region] for region in prompt.regions]
    reading = read_answer(text, question.category, _as_prompted(question, prompt), names)
    places = [place for place in reading.regions if place < len(prompt.regions)]
    normalized = reading.normalized
    if question.category is Category.MCQ:
        chosen = int(normalized)
        places = [chosen, *places]
        if not question.mask_count:
            normalized = _place_among_candidates(chosen, prompt)
    places = list(dict.fromkeys(places)) or list(range(len(prompt.regions)))
    regions = dict.fromkeys(prompt.regions[place] for place in places)
    position = dict(reversed(list(zip(prompt.regions, prompt.positions))))
    return Answer(
        category=question.category,
        normalized=normalized,
        text=_REGION.sub(lambda match: _named(match, names), text),
        value=math.nan if isinstance(normalized, str) else float(normalized),
        unit='m' if question.category is Category.DISTANCE else '',
        regions=tuple(regions),
        question_positions=tuple(position[region] for region in regions),
        confidence=min(max(confidence, 0.0), 1.0),
    )


def _as_prompted(question: Question, prompt: NeuralPrompt) -> Question | None:
    """The question whose `<mask>` numbers the network's text speaks of."""
    if question.mask_count:
        return question
    try:
        return parse(prompt.text, category=question.category)
    except QuestionError:  # the reader does without
        return None


def _place_among_candidates(chosen: int, prompt: NeuralPrompt) -> int:
    """Index among the candidates (reference 0) of a question in words."""
    candidates = [place for place, position in enumerate(prompt.positions) if position == 0]
    return candidates.index(chosen) if chosen in candidates else chosen


def _named(match: re.Match[str], names: Sequence[str]) -> str:
    place = int(match[1])
    return names[place] if place < len(names) else match[0]
