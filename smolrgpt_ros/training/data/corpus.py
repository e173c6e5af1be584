# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""All words of a source of pictures: what a tokenizer is trained on."""

from __future__ import annotations

from collections.abc import Iterator

from smolrgpt_ros.training.data.pictures import Pictures


def corpus(pictures: Pictures, count: int) -> Iterator[str]:
    """Yield each question and each answer of the first `count` pictures."""
    for number in range(min(count, len(pictures))):
        for question in pictures.picture(number).questions:
            yield question.text
            yield question.answer
