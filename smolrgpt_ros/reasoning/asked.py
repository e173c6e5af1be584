# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A question bound to a scene: what every kind of question starts from."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.language.question import Question
from smolrgpt_ros.language.sentence import listed, plural_of
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

    def two_different(self, first: int, second: int) -> int:
        """The second of two regions. Raises QuestionError where words name the same one twice."""
        if first == second and not self.question.mask_count:
            name = self.world.name(first)
            raise QuestionError(
                Failure(
                    Reason.NOT_UNDERSTOOD,
                    f'both objects of the question are {name}; name two different ones',
                    (name,),
                )
            )
        return second

    def said(self, region: int) -> str:
        """What a sentence calls a region: its id, 'the bag' where the id is but its noun."""
        name = self.world.name(region)
        return f'the {name}' if name.isalpha() and name.islower() and len(name) > 2 else name

    def said_all(self, regions: Iterable[int]) -> str:
        """'pallet_1, pallet_2 and pallet_3'."""
        return listed(self.said(region) for region in regions)

    def opened(self, yes: bool, sentence: str) -> str:
        """A sentence with 'Yes' or 'No' before it, where the question asks for that."""
        if self.question.form != 'yes_no':
            return sentence
        return f'{"Yes" if yes else "No"}, {sentence[:1].lower() + sentence[1:]}'

    def none_of(self, reference: int) -> str:
        """'no pallet' for a reference that means nothing here, 'nothing' where it has no class."""
        noun = self.noun(reference)
        return f'no {noun}' if noun else 'nothing'

    def noun(self, reference: int) -> str:
        """The noun of a reference, '' where it is not in the question or names no class."""
        references = self.question.references
        if reference >= len(references):
            return ''
        noun, class_id = references[reference].noun, references[reference].class_id
        if noun.endswith(('one', 'body', 'thing')):
            return class_id  # 'anyone' is a person, 'anything' has no class
        return noun or class_id

    def nouns(self, reference: int) -> str:
        """The noun in the plural, 'objects' where there is none."""
        return plural_of(self.noun(reference) or 'object')

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
        text = f'T{text[1:]}' if text.startswith('the ') else text
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
