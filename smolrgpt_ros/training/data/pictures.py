# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a picture to learn from is, wherever it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from smolrgpt_ros.scene.camera import Camera

MASK_TOKEN = '<mask>'


@dataclass(frozen=True, eq=False)
class TaughtQuestion:
    """A question with the very words that are to be learnt as its answer.

    Attributes:
        id: unique within the source.
        text: with one `<mask>` for each of `things`.
        things: for each `<mask>`, in order, the index of its mask in the picture.
        category: 'left_right', 'mcq', 'distance', 'count', or the source's own ('region',
            'caption').
        kind: which sort of question of its category ('pickup', 'where', ...); '' where unknown.
        value: the answer as a number, where it is a quantity; NaN where it is none.
        relations: (things, RELATIONS) float32, how each thing stands to those before it
            (`region_relations`), where that is known.
    """

    id: str
    text: str
    things: tuple[int, ...]
    answer: str
    category: str
    kind: str
    value: float = math.nan
    relations: np.ndarray | None = None

    def __post_init__(self) -> None:
        tokens = self.text.count(MASK_TOKEN)
        if tokens != len(self.things):
            raise ValueError(
                f'question {self.id}: {tokens} {MASK_TOKEN} tokens for {len(self.things)} things'
            )
        if not self.answer:
            raise ValueError(f'question {self.id}: the answer is empty')


@dataclass(frozen=True, eq=False)
class TaughtPicture:
    """One picture with what is asked about it.

    Attributes:
        name: of the picture, for messages.
        colour: RGB uint8 (H, W, 3).
        relative_depth: uint8 (H, W), the benchmark's 8 bits: the picture's range, near dark.
        depth_m: float32 (H, W) along the optical axis, 0 where nothing was measured; None where
            only `relative_depth` is known.
        camera: None where its intrinsics are not known.
        masks: bool (H, W) each.
        questions: none where nothing of the picture can be used.
        problems: what was left out of it and why, a sentence each that names the record.
        facts: what is true of each mask's thing (`region_facts`), where that is known.
    """

    name: str
    colour: np.ndarray
    relative_depth: np.ndarray
    depth_m: np.ndarray | None
    camera: Camera | None
    masks: tuple[np.ndarray, ...]
    questions: tuple[TaughtQuestion, ...]
    problems: tuple[str, ...] = ()
    facts: tuple[np.ndarray, ...] = ()


class Pictures(Protocol):
    """Pictures by number, at random access: the same number gives the same picture at any time.

    Exact resume, sharding over processes (``number % world``) and shuffling need nothing more.
    """

    def __len__(self) -> int:
        """Return how many there are; `sys.maxsize` where they never end."""
        ...

    def picture(self, number: int) -> TaughtPicture:
        """Return picture `number` of ``range(len(self))``. Raises IndexError outside of it."""
        ...

    @property
    def fingerprint(self) -> str:
        """All that the pictures depend on: equal fingerprints, equal pictures."""
        ...
