# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Measure how far a network's confidences can be believed, and write that into its folder.

``tools/run python tools/calibrate_network.py DATASET --engine smolrgpt --checkpoint FOLDER``. The
dataset must be one that the network was not trained on, and other than the one it is judged by
afterwards; some hundred questions of each category are needed. The engine `verified` reads what is
written (`calibration.json`), and trusts a network without it six times out of ten.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from smolrgpt_ros.evaluation.running import Run, evaluate
from smolrgpt_ros.evaluation.tasks import task_at
from smolrgpt_ros.reasoning.calibration import fit_calibration, write_calibration
from smolrgpt_ros.reasoning.registry import EngineOptions, network_of


def main() -> int:
    """Exit code: 0 written, 1 where the network answered nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('dataset', type=Path, help='folder that smolrgpt synth writes')
    parser.add_argument('--checkpoint', type=Path, required=True, help='folder of the network')
    parser.add_argument('--engine', default='', help='smolrgpt or tinygiant; default: as it says')
    parser.add_argument('--regions', default='masks', choices=('masks', 'boxes'))
    parser.add_argument('--split', default='val')
    parser.add_argument('--device', default='auto')
    parser.add_argument('--dtype', default='auto')
    parser.add_argument('--decode', default='generate', choices=('generate', 'score'))
    parser.add_argument('--limit', type=int, help='only the first so many pictures')
    given = parser.parse_args()
    folder = str(given.checkpoint)
    evaluation = evaluate(
        task_at(given.dataset, split=given.split, regions=given.regions),
        Run(
            engine=given.engine or network_of(folder),
            options=EngineOptions(folder, given.device, given.dtype, given.decode),
            processes=1,
            limit=given.limit,
        ),
    )
    answers = [
        (outcome.category, outcome.confidence, outcome.right)
        for outcome in (evaluation.outcomes if evaluation is not None else ())
        if outcome.normalized is not None and outcome.truth is not None
    ]
    if not answers:
        print('the network answered nothing, so nothing is known of it', file=sys.stderr)
        return 1
    calibration = fit_calibration(answers)
    print(write_calibration(given.checkpoint, calibration))
    for category, curve in calibration.curves.items():
        count = sum(answer[0] == category for answer in answers)
        print(f'{category}: {count} answers, right {curve.right[0]:.2f} to {curve.right[-1]:.2f}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
