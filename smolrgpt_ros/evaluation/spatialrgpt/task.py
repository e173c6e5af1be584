# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SpatialRGPT-Bench as a task: what the engines can be asked is asked, the rest is named."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from smolrgpt_ros.evaluation.fingerprint import digest_of
from smolrgpt_ros.evaluation.outcome import Outcome, PictureOutcome
from smolrgpt_ros.evaluation.spatialrgpt.asking import as_bench_answer, bench_question
from smolrgpt_ros.evaluation.spatialrgpt.categories import FIGURES
from smolrgpt_ros.evaluation.spatialrgpt.reading import Read
from smolrgpt_ros.evaluation.spatialrgpt.records import BenchRecord, parse_bench_row
from smolrgpt_ros.evaluation.spatialrgpt.scoring import error_of, is_right
from smolrgpt_ros.evaluation.warehouse_task import answered_all, in_question_words
from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.reasoning.engine import Engine
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.warehouse.folder import DatasetFolder
from smolrgpt_ros.warehouse.records import OnError, RecordError, iter_rows


@dataclass(frozen=True)
class BenchTask:
    """See `Task`.

    Attributes:
        path: SpatialRGPT-Bench_v1.json.
        images: folder that the records' picture paths start from; metric depth and cameras beside
            the pictures as in the warehouse's folders.
    """

    path: Path
    images: DatasetFolder

    @property
    def categories(self) -> tuple[str, ...]:
        """The twelve figures."""
        return FIGURES

    def identity(self) -> dict[str, Any]:
        """The file by its content."""
        return {'dataset': f'{self.path.name} {digest_of(self.path)}'}

    def pictures(self, on_error: OnError) -> Iterator[tuple[str, list[BenchRecord]]]:
        """The file is read once: it has 1,406 records."""
        by_picture: dict[str, list[BenchRecord]] = {}
        seen: set[str] = set()
        for position, (_, _, row) in enumerate(iter_rows(self.path)):
            try:
                record = parse_bench_row(row, position)
                if record.record.id in seen:
                    raise RecordError(record.record.id, 'its id occurs twice')
            except RecordError as error:
                on_error(error)
                continue
            seen.add(record.record.id)
            by_picture.setdefault(record.record.image, []).append(record)
        yield from by_picture.items()

    def answer(
        self, engine: Engine, index: int, picture: str, records: list[BenchRecord], *,
        for_network: bool,
    ) -> PictureOutcome:  # fmt: skip
        """Outcomes of the records that can be read, in their order."""
        malformed: list[RecordError] = []
        started = time.perf_counter()
        asked = self.images.load(
            self._found(picture), [record.record for record in records],
            with_relative_depth=True if for_network else None, on_error=malformed.append,
        )  # fmt: skip
        loaded = time.perf_counter()
        by_id = {record.record.id: record for record in records}
        readable = [by_id[record.id] for record in asked.records]
        questions = [
            bench_question(record, regions) for record, regions in zip(readable, asked.mask_regions)
        ]
        answers = answered_all(engine, asked.scene, questions)
        answer_s = time.perf_counter() - loaded
        each_s = answer_s / len(readable) if readable else math.nan
        outcomes = []
        for record, question, answer, regions in zip(
            readable, questions, answers, asked.mask_regions
        ):
            read, problem = as_bench_answer(record, question, answer)
            answer = in_question_words(answer, asked.scene, regions, record.tokens)
            outcomes.append(bench_outcome(record, read, problem, answer, each_s))
        return PictureOutcome(
            index, picture, tuple(outcomes), tuple(malformed), loaded - started, answer_s
        )

    def shown(self, record_ids: Collection[str]) -> Iterator[tuple[str, Scene]]:
        """Read the pictures of these records only."""
        for picture, records in self.pictures(lambda _: None):
            for record in records:
                if record.record.id not in record_ids:
                    continue
                # All masks, in the order of their numbers, whichever the question names.
                whole = replace(record.record, rle=record.masks)
                asked = self.images.load(self._found(picture), [whole], on_error=lambda _: None)
                for places in asked.mask_regions:
                    regions = tuple(asked.scene.regions[place] for place in places)
                    yield whole.id, replace(asked.scene, regions=regions)

    def _found(self, picture: str) -> str:
        """The path as the record has it, or the bare name where the folders were left out."""
        root = self.images.root
        there = any((folder / picture).is_file() for folder in (root, root / 'images'))
        return picture if there else Path(picture).name


def bench_outcome(
    record: BenchRecord, read: Read | None, problem: str, answer: Any = None,
    seconds: float = math.nan,
) -> Outcome:  # fmt: skip
    """Compare an answer with the record's truth."""
    known = isinstance(answer, Answer)
    counts = known and not problem
    return Outcome(
        record.record.id,
        record.record.image,
        record.question,
        record.asked.figure,
        record.category,
        record.truth,
        read,
        is_right(record.asked, read, record.truth),
        error_of(record.asked, read, record.truth),
        answer.confidence if counts else math.nan,
        answer.stddev if counts else math.nan,
        problem,
        answer.text if known else '',
        seconds,
    )


def bench_task(path: Path | str, images: Path | str | None = None) -> BenchTask:
    """The task of a file. Raises FileNotFoundError where the folder of pictures is none."""
    path = Path(path)
    folder = Path(images) if images is not None else path.parent
    if not folder.is_dir():
        raise FileNotFoundError(f'there is no folder of pictures {folder}; name it by --images')
    return BenchTask(path, DatasetFolder(folder))
