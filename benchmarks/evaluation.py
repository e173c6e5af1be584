# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How long an evaluation takes: 1,000 questions with the geometric engine, reading included.

The reference is the same without what makes it quick: one process, and each question alone, so that
its picture is read and its floor is found again.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.result import Result, report
from smolrgpt_ros.evaluation.running import Run, evaluate
from smolrgpt_ros.evaluation.warehouse_task import WarehouseTask, warehouse_task
from smolrgpt_ros.reasoning.geometric import GeometricEngine
from smolrgpt_ros.warehouse.synthesis import Recipe, write_dataset

MOST_S = 60.0
# A picture has about 16 questions.
PICTURES_FOR_1000 = 68


def measure(task: WarehouseTask, processes: int, journal: Path) -> list[Result]:
    """Evaluate once as users do, with a journal, and a part of it question by question."""
    run = Run(processes=processes, journal=journal)
    started, started_cpu = time.perf_counter(), _cpu_s()
    evaluation = evaluate(task, run)
    wall_s, cpu_s = time.perf_counter() - started, _cpu_s() - started_cpu
    assert evaluation is not None
    questions = len(evaluation.outcomes)
    further = {
        'questions': questions,
        'pictures': len(evaluation.pictures),
        'processes': processes,
        'wall_s': wall_s,
        'cpu_s': cpu_s,
        'score': evaluation.score,
        'picture_median_ms': 1e3 * evaluation.picture_latency.median,
    }
    alone_s = _one_by_one_s(task) * 1000
    return [
        Result(
            'evaluation.1000_questions_s', wall_s * 1000 / questions, 's', alone_s, at_most=MOST_S,
            further=further,
        )
    ]  # fmt: skip


def _one_by_one_s(task: WarehouseTask, pictures: int = 4) -> float:
    """Seconds a question where nothing is shared between the questions of a picture."""
    engine = GeometricEngine()
    started, asked = time.perf_counter(), 0
    for index, (picture, records) in enumerate(task.pictures(lambda _: None)):
        if index == pictures:
            break
        for record in records:
            task.answer(engine, index, picture, [record], for_network=False)
            asked += 1
    return (time.perf_counter() - started) / asked


def _cpu_s() -> float:
    """Processor seconds of this process and of its ended children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> int:
    parser = argparse.ArgumentParser(prog='smolrgpt bench evaluation')
    parser.add_argument('--json', action='store_true', help='print one JSON object a line')
    parser.add_argument('--data', type=Path, help='dataset folder; a synthetic one is made without')
    parser.add_argument('--pictures', type=int, default=PICTURES_FOR_1000, help='synthetic ones')
    parser.add_argument('--size', default='640x480', metavar='WxH', help='of the synthetic ones')
    parser.add_argument('--regions', default='masks', choices=('masks', 'boxes'))
    parser.add_argument('--processes', type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='smolrgpt_bench_') as folder:
        data = arguments.data
        if data is None:
            data = Path(folder) / 'data'
            width, height = (int(part) for part in arguments.size.split('x'))
            recipe = Recipe(arguments.pictures, seed=11, size_px=(width, height))
            write_dataset(data, recipe, processes=arguments.processes)
        task = replace(warehouse_task(data), regions=arguments.regions)
        results = measure(task, arguments.processes, Path(folder) / 'run.jsonl')
    report(results, as_json=arguments.json)
    return 0 if all(result.good for result in results) else 1


if __name__ == '__main__':
    sys.exit(main())
