# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A question bound to a scene: what every kind of question starts from."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.language.question import Question
from smolrgpt_ros.reasoning.world import SceneWorld


@dataclass(frozen=True)
class Asked:
    """A question and what its references mean here.

    Attributes:
        references: scene regions of each of the question's references, in their order; () for the
            viewer.
    """

    question: Question
    world: SceneWorld
    references: tuple[tuple[int, ...], ...]

    def is_viewer(self, reference: int) -> bool:
        """Whether a reference is absent or means the one who looks."""
        return (
            len(self.question.references) <= reference or self.question.references[reference].viewer
        )

    def one(self, reference: int) -> int:
        """The one region of a reference. Raises QuestionError where it means none or several."""
        regions = self.references[reference]
        if len(regions) == 1:
            return regions[0]
        words = self.question.references[reference].text
        names = tuple(self.world.name(region) for region in regions)
        if not regions:
            raise QuestionError(
                Failure(Reason.UNKNOWN_OBJECT, f"nothing in the picture is meant by '{words}'")
            )
        raise QuestionError(
            Failure(
                Reason.AMBIGUOUS,
                f"'{words}' may mean {' or '.join(names)}; name one of them",
                names,
            )
        )

    def position(self, region: int) -> int:
        """Where the question mentions a region: its `<mask>`, else its reference, or -1."""
        if region in self.question.mask_regions:
            return self.question.mask_regions.index(region)
        if self.question.mask_count:
            return -1
        return next((i for i, bound in enumerate(self.references) if region in bound), -1)

    def answer(
        self,
        normalized: str | int | float,
        text: str,
        regions: Iterable[int],
        *,
        confidence: float,
        value: float = math.nan,
        unit: str = '',
        stddev: float = math.nan,
    ) -> Answer:
        """The answer with each referenced region once, the first mention first."""
        referenced = tuple(dict.fromkeys(regions))
        return Answer(
            category=self.question.category,
            normalized=normalized,
            text=f'{text} {self.world.note}'.rstrip(),
            value=value,
            unit=unit,
            regions=referenced,
            question_positions=tuple(self.position(region) for region in referenced),
            confidence=min(max(confidence, 0.0), 1.0),
            stddev=stddev,
        )


def listed(names: Iterable[str]) -> str:
    """'a', 'a and b', 'a, b and c'; 'nothing' for none."""
    words = list(names)
    if not words:
        return 'nothing'
    return words[0] if len(words) == 1 else f'{", ".join(words[:-1])} and {words[-1]}'
