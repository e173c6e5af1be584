# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The warehouse benchmark's folders as a task: every question of a picture in one engine call."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from smolrgpt_ros.evaluation.fingerprint import digest_of
from smolrgpt_ros.evaluation.kinds import subtype_of
from smolrgpt_ros.evaluation.outcome import Normalized, Outcome, PictureOutcome
from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.language.parsing import parse
from smolrgpt_ros.language.question import Category, Question
from smolrgpt_ros.reasoning.engine import Engine
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.warehouse.folder import DatasetFolder
from smolrgpt_ros.warehouse.records import OnError, Record, RecordError, iter_by_picture
from smolrgpt_ros.warehouse.score import CATEGORIES, distance_error, is_correct

REGIONS = ('masks', 'boxes')


@dataclass(frozen=True)
class WarehouseTask:
    """See `Task`.

    Attributes:
        regions: 'masks' gives the engine the dataset's masks, 'boxes' what a detector gives.
    """

    dataset: DatasetFolder
    regions: str = 'masks'

    def __post_init__(self) -> None:
        if self.regions not in REGIONS:
            raise ValueError(f"regions must be 'masks' or 'boxes', not {self.regions!r}")

    @property
    def categories(self) -> tuple[str, ...]:
        """The benchmark's four."""
        return CATEGORIES

    def identity(self) -> dict[str, Any]:
        """The split's file by its content: the folder may lie elsewhere on another machine."""
        path = self.dataset.records_path
        return {'dataset': f'{path.name} {digest_of(path)}', 'regions': self.regions}

    def pictures(self, on_error: OnError) -> Iterator[tuple[str, list[Record]]]:
        """A picture's records together; an id that occurred before is told and left out."""
        seen: set[str] = set()
        for image, records in iter_by_picture(self.dataset.records_path, on_error=on_error):
            first = []
            for record in records:
                if record.id in seen:
                    on_error(RecordError(record.id, 'its id occurs twice'))
                elif isinstance(record.normalized_answer, str) and not (
                    record.normalized_answer.strip()
                ):
                    on_error(RecordError(record.id, 'its answer is blank'))
                else:
                    first.append(record)
                    seen.add(record.id)
            yield image, first

    def answer(
        self, engine: Engine, index: int, picture: str, records: list[Record], *, for_network: bool
    ) -> PictureOutcome:
        """Outcomes of the records that can be read, in their order."""
        malformed: list[RecordError] = []
        started = time.perf_counter()
        asked = self.dataset.load(
            picture, records, regions=self.regions,
            with_relative_depth=True if for_network else None, on_error=malformed.append,
        )  # fmt: skip
        loaded = time.perf_counter()
        parsed = [
            parsed_question(record.question, regions_of)
            for record, regions_of in zip(asked.records, asked.mask_regions)
        ]
        answers = answered_all(engine, asked.scene, parsed)
        answer_s = time.perf_counter() - loaded
        each_s = answer_s / len(parsed) if parsed else math.nan
        outcomes = tuple(
            _outcome(record, question, in_question_words(answer, asked.scene, regions_of), each_s)
            for record, question, answer, regions_of in zip(
                asked.records, parsed, answers, asked.mask_regions
            )
        )
        return PictureOutcome(
            index, picture, outcomes, tuple(malformed), loaded - started, answer_s
        )

    def shown(self, record_ids: Collection[str]) -> Iterator[tuple[str, Scene]]:
        """Read the split once more, and the pictures of these records only."""
        wanted: dict[str, list[Record]] = {}
        for record in self.dataset.records(lambda _: None):
            if record.id in record_ids:
                wanted.setdefault(record.image, []).append(record)
        for image, records in wanted.items():
            asked = self.dataset.load(image, records, on_error=lambda _: None)
            for record, places in zip(asked.records, asked.mask_regions):
                regions = tuple(asked.scene.regions[place] for place in places)
                yield record.id, replace(asked.scene, regions=regions)


def parsed_question(text: str, mask_regions: tuple[int, ...]) -> Question | Failure:
    """The question bound to its masks, or why it is not understood."""
    try:
        return replace(parse(text), mask_regions=mask_regions)
    except QuestionError as error:
        return error.failure


def answered_all(
    engine: Engine, scene: Scene, parsed: Sequence[Question | Failure]
) -> list[Answer | Failure]:
    """Ask what was understood in one call; an outcome for each, in order."""
    understood = [question for question in parsed if isinstance(question, Question)]
    answers = iter(engine.answer(scene, understood) if understood else ())
    return [next(answers) if isinstance(entry, Question) else entry for entry in parsed]


def _outcome(
    record: Record, question: Question | Failure, answer: Answer | Failure, seconds: float
) -> Outcome:
    category, truth = record.category, record.normalized_answer
    if category is None:  # a split without answers: the category is what was understood
        known = question.category.value if isinstance(question, Question) else ''
        category = Category(known) if known in CATEGORIES else None
    normalized, problem = normalized_answer(answer, category)
    name = category.value if category else ''
    return Outcome(
        record.id,
        record.image,
        record.question,
        name,
        subtype_of(question, truth),
        truth,
        normalized,
        truth is not None and normalized is not None and is_correct(name, normalized, truth),
        distance_error(normalized, truth)
        if truth is not None and category is Category.DISTANCE
        else math.nan,
        answer.confidence if isinstance(answer, Answer) else math.nan,
        answer.stddev if isinstance(answer, Answer) else math.nan,
        problem,
        answer.text if isinstance(answer, Answer) else '',
        seconds,
    )


def in_question_words(
    answer: Answer | Failure,
    scene: Scene,
    mask_regions: Sequence[int],
    numbers: Sequence[int] | None = None,
) -> Answer | Failure:
    """The answer's sentence with the benchmark's '[Region i]' for the i-th mask of the question.

    Args:
        numbers: what the question calls its masks; None: 0, 1, 2 ...

    The scene numbers its regions over all questions of the picture, which no reader knows.
    """
    if isinstance(answer, Failure):
        return answer
    called = range(len(mask_regions)) if numbers is None else numbers
    names = {scene.regions[index].id: number for number, index in zip(called, mask_regions)}
    text = re.sub(
        r'\bregion_\d+\b',
        lambda found: f'[Region {names[found[0]]}]' if found[0] in names else found[0],
        answer.text,
    )
    return replace(answer, text=text)


def normalized_answer(
    answer: Answer | Failure, category: Category | None
) -> tuple[Normalized | None, str]:
    """The normalized answer, or None and why it does not count."""
    if isinstance(answer, Failure):
        return None, f'{answer.reason.value}: {answer.message}'
    if answer.category is not category:
        wanted = category.value if category else f'one of {", ".join(CATEGORIES)}'
        return (
            None,
            f'{Reason.NOT_UNDERSTOOD.value}: read as {answer.category.value}, not {wanted}',
        )
    if not str(answer.normalized).strip():
        return None, f'{Reason.ENGINE_FAILED.value}: the answer is empty'
    return answer.normalized, ''


def warehouse_task(folder: Path | str, split: str = 'val', regions: str = 'masks') -> WarehouseTask:
    """The task of a dataset folder, or of a JSON file of records in it."""
    return WarehouseTask(DatasetFolder(Path(folder), split), regions)
