# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How many questions a second are there to learn from: rendered, masked and asked on the fly.

``python -m benchmarks.data [--json] [--pictures 96] [--workers 2]``. First each kind of question on
one core, in this process; then all that worker processes deliver together. 320x240 pixels, noise
and boxes as in training; what comes before is left out until all halls in use are laid out.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

from benchmarks.result import Result, report
from smolrgpt_ros.training.data.loading import PictureStream
from smolrgpt_ros.training.data.synthetic import KINDS, SyntheticPictures

# Halls change every 128 pictures: a start in the middle, over a whole change, is the usual case.
_WARM_UP, _WHOLE = 16, 128
# A worker pair must keep a GPU busy with so many.
_AT_LEAST = 300.0


def on_one_core(kind: str, pictures: int) -> Result:
    """Measure the time that this process computes, whatever else the machine does."""
    source = SyntheticPictures(0, kind)
    for number in range(_WARM_UP):
        source.picture(number)
    first = _WHOLE - pictures // 2
    for number in range(first - _WARM_UP, first):
        source.picture(number)
    asked = 0
    begin, begin_wall = time.process_time(), time.perf_counter()
    for number in range(first, first + pictures):
        asked += len(source.picture(number).questions)
    took, wall = time.process_time() - begin, time.perf_counter() - begin_wall
    further = {
        'pictures_per_s': pictures / took,
        'questions_a_picture': asked / pictures,
        'wall_questions_per_s': asked / wall,
    }
    least = None if kind == 'caption' else _AT_LEAST
    return Result(f'data.{kind}', asked / took, '1/s', at_least=least, further=further)


def from_workers(pictures: int, workers: int) -> Result:
    """Measure what arrives, by the clock: processes, pipes and all."""
    stream = iter(PictureStream(SyntheticPictures(0), _WHOLE, workers=workers))
    for _ in range(_WARM_UP):
        next(stream)
    begin, asked = time.perf_counter(), 0
    for _ in range(pictures):
        asked += len(next(stream)[1].questions)
    rate = asked / (time.perf_counter() - begin)
    further = {'workers': workers, 'cores': len(os.sched_getaffinity(0))}
    return Result('data.from_workers', rate, '1/s', at_least=_AT_LEAST, further=further)


def main() -> int:
    parser = argparse.ArgumentParser(prog='smolrgpt bench data')
    parser.add_argument('--json', action='store_true', help='print one JSON object a line')
    parser.add_argument('--pictures', type=int, default=96, help='of each measurement')
    parser.add_argument('--workers', type=int, default=2)
    arguments = parser.parse_args()
    results = [on_one_core(kind, arguments.pictures) for kind in KINDS]
    results.append(from_workers(arguments.pictures, arguments.workers))
    report(results, as_json=arguments.json)
    return 0 if all(result.good for result in results) else 1


if __name__ == '__main__':
    sys.exit(main())
