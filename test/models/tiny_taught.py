# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures of noise with questions that are taught, for either network."""

from __future__ import annotations

from typing import Any

import numpy as np
from tiny_smolrgpt import pictures

from smolrgpt_ros.models.smolrgpt import Prompt
from smolrgpt_ros.models.smolrgpt.prepare import PreparedPicture, TaughtText, prepare
from smolrgpt_ros.models.smolrgpt.preprocessing import Preprocessing

ANSWERS = ('three metres', '?', 'Region 0')


def prepared(
    config: Any, seed: int, asked: list[Prompt], answers: tuple[str, ...] = ANSWERS
) -> PreparedPicture:
    masks = [mask for prompt in asked for mask in prompt.masks]
    ends = np.cumsum([len(prompt.masks) for prompt in asked])
    texts = [
        TaughtText(prompt.question, tuple(range(end - len(prompt.masks), end)), answer)
        for prompt, end, answer in zip(asked, ends, answers)
    ]
    colour, depth = pictures(seed)
    return prepare(colour, depth, None, masks, texts, config, Preprocessing())
