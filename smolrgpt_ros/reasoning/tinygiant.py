# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The engine `tinygiant`: asks TinyGiantVLM as `smolrgpt` asks SmolRGPT."""

from __future__ import annotations

from smolrgpt_ros.language.question import Question
from smolrgpt_ros.models.smolrgpt import DType
from smolrgpt_ros.models.tinygiant import TinyGiantVLM, load
from smolrgpt_ros.reasoning.neural import NeuralEngine
from smolrgpt_ros.reasoning.neural_choices import choices_of, normalized_choices_of
from smolrgpt_ros.reasoning.neural_prompt import NeuralPrompt

# What the config of a checkpoint says that was taught normalized answers last.
NORMALIZED_STAGE = 'phase2'


class TinyGiantEngine(NeuralEngine):
    """Answers by TinyGiantVLM; see `NeuralEngine`.

    A checkpoint of phase 1 writes sentences, one of phase 2 normalized answers ('left', '3',
    '2.41'); both are read alike.
    """

    name = 'tinygiant'

    def _loaded(self, checkpoint: str, device: str, dtype: DType | None) -> TinyGiantVLM:
        model = load(checkpoint, device=device, dtype=dtype)
        self._normalized = model.config.stage == NORMALIZED_STAGE
        return model

    def _choices(self, question: Question, prompt: NeuralPrompt) -> tuple[str, ...]:
        return (normalized_choices_of if self._normalized else choices_of)(question, prompt)
