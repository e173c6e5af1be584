# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions in words, parsed and answered about one scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.language.parsing import parse
from smolrgpt_ros.language.question import Question
from smolrgpt_ros.reasoning.engine import Engine
from smolrgpt_ros.scene.frame import Scene


def answer_texts(engine: Engine, scene: Scene, texts: Sequence[str]) -> list[Answer | Failure]:
    """One outcome for each question, in order; what cannot be parsed costs the others nothing."""
    parsed = [_parsed(text, scene) for text in texts]
    answers = iter(engine.answer(scene, [entry for entry in parsed if isinstance(entry, Question)]))
    return [next(answers) if isinstance(entry, Question) else entry for entry in parsed]


def _parsed(text: str, scene: Scene) -> Question | Failure:
    try:
        question = parse(
            text,
            [region.id for region in scene.regions],
            {region.class_id for region in scene.regions},
        )
    except QuestionError as error:
        return error.failure
    if question.mask_count > len(scene.regions):
        return Failure(
            Reason.UNKNOWN_OBJECT,
            f'the question has {question.mask_count} <mask> tokens, the picture '
            f'{len(scene.regions)} regions; they mean the regions in the order of the detections',
        )
    return replace(question, mask_regions=tuple(range(question.mask_count)))
