# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Sentences of any model, scored as answers to SpatialRGPT-Bench."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from smolrgpt_ros.evaluation.figures import Evaluation
from smolrgpt_ros.evaluation.spatialrgpt.categories import FIGURES
from smolrgpt_ros.evaluation.spatialrgpt.reading import read_answer
from smolrgpt_ros.evaluation.spatialrgpt.task import BenchTask, bench_outcome
from smolrgpt_ros.warehouse.records import RecordError
from smolrgpt_ros.warehouse.score import ScoreError

_NAMES = ('text', 'answer', 'pred', 'response', 'output')


def read_sentences(path: Path) -> dict[str, str]:
    """Record id -> sentence, of a JSON list or of JSON lines.

    Raises:
        ScoreError: no such rows, or an id twice. OSError.
    """
    try:
        content = path.read_text(encoding='utf-8')
        rows: Any = (
            json.loads(content)
            if content.lstrip().startswith('[')
            else [json.loads(line) for line in content.splitlines() if line.strip()]
        )
    except (RecursionError, ValueError) as error:
        raise ScoreError(f'{path} is neither a JSON list nor JSON lines: {error}') from error
    sentences: dict[str, str] = {}
    for position, row in enumerate(rows):
        names = [n for n in _NAMES if n in row] if isinstance(row, dict) and 'id' in row else []
        if not names:
            raise ScoreError(
                f'{path}: entry {position} lacks "id" or one of {", ".join(_NAMES)} with the text'
            )
        record_id = str(row['id'])
        if record_id in sentences:
            raise ScoreError(f'{path}: record {record_id} is answered twice')
        sentences[record_id] = str(row[names[0]])
    return sentences


def score_sentences(
    task: BenchTask, sentences: dict[str, str], *, strict: bool = False
) -> Evaluation:
    """Read and compare each sentence.

    Raises:
        ScoreError: the ids of sentences and records differ. RecordError: `strict` and a record is
            malformed.
    """
    malformed: list[RecordError] = []

    def report(problem: RecordError) -> None:
        if strict:
            raise problem
        malformed.append(problem)

    records = [record for _, listed in task.pictures(report) for record in listed]
    ids = {record.record.id for record in records}
    unknown = sentences.keys() - ids - {problem.record_id for problem in malformed}
    if ids - sentences.keys() or unknown:
        raise ScoreError(
            f'the ids of answers and records differ: {len(ids - sentences.keys())} records without '
            f'an answer, {len(unknown)} answers to unknown records'
        )
    outcomes = []
    for record in records:
        text = sentences[record.record.id]
        read = read_answer(record.asked, text)
        problem = '' if read is not None else f'NOT_READ: no {record.asked.kind.value} in {text!r}'
        outcomes.append(bench_outcome(record, read, problem))
    return Evaluation(tuple(outcomes), tuple(malformed), (), FIGURES)
