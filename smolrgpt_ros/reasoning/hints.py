# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What questions tell about a scene: 'the buffer <mask>' says that an unnamed region is a buffer.

An area is measured otherwise than a thing that stands on it, so the words reach the scene before
anything is measured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from smolrgpt_ros.language.question import Question, Reference
from smolrgpt_ros.scene.frame import Scene


def hinted(scene: Scene, questions: Sequence[Question]) -> Scene:
    """The scene with a class for each region that has none and that a question names by one.

    The same scene where nothing is added, so that what was measured in it stays known. Where
    questions disagree the most frequent word counts, whatever their order.
    """
    if all(region.class_id for region in scene.regions):
        return scene
    votes: dict[int, Counter[str]] = {}
    for question in questions:
        for region, class_id in _named(question):
            if 0 <= region < len(scene.regions) and not scene.regions[region].class_id:
                votes.setdefault(region, Counter())[class_id] += 1
    if not votes:
        return scene
    regions = list(scene.regions)
    for region, counter in votes.items():
        class_id = min(counter, key=lambda word: (-counter[word], word))
        regions[region] = replace(regions[region], class_id=class_id)
    return replace(scene, regions=tuple(regions))


def _named(question: Question) -> Iterator[tuple[int, str]]:
    for reference in _all_references(question.references):
        for mask in reference.masks:
            if reference.class_id and mask < len(question.mask_regions):
                yield question.mask_regions[mask], reference.class_id


def _all_references(references: Iterable[Reference]) -> Iterator[Reference]:
    for reference in references:
        yield reference
        if reference.relation is not None:
            yield from _all_references((reference.relation.other,))
