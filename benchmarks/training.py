# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How the training loop spends its time: a small network on scenes rendered meanwhile.

``python -m benchmarks.training [--json] [--steps 20] [--workers 1] [--batch 32] [--questions 8]
[--precision fp32] [--device auto]``. `training.outside` is the median share of a step that is not
spent in the model: waiting for pictures, moving them, logging. The first steps, in which workers
start, are left out. With as many cores as workers and threads together nobody has to wait.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import torch

from benchmarks.result import Result, report
from smolrgpt_ros.models.smolrgpt.folder import byte_tokenizer
from smolrgpt_ros.training.curriculum import Plan, train
from smolrgpt_ros.training.journal import read_log
from smolrgpt_ros.training.settings import SCRATCH_RATE, Optimisation, Portions, Settings
from smolrgpt_ros.training.sizes import SMALL
from smolrgpt_ros.training.sources import Source
from smolrgpt_ros.training.stages import stage_named
from smolrgpt_ros.training.start import Start

_STARTING = 3


def measure(arguments: argparse.Namespace) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / 'out'
        tokenizer = Path(folder) / 'tokenizer.json'
        tokenizer.write_text(byte_tokenizer(SMALL.lm_base_vocab_size))
        plan = Plan(
            stage_named('sft'),
            Source('synthetic:1', {'normalized': 1.0}),
            Start('smolrgpt', size='small', tokenizer=tokenizer),
            Settings(
                out,
                arguments.steps + _STARTING,
                Portions(arguments.batch, arguments.questions),
                Optimisation(rate=SCRATCH_RATE),
                precision=arguments.precision,
                workers=arguments.workers,
                save_every=10**9,
            ),
            from_scratch=True,
            device=arguments.device,
        )
        train(plan)
        steps = read_log(out / 'training')[_STARTING:]
    seconds = sum(step['seconds'] for step in steps)
    outside = [step['outside'] for step in steps]
    further = {
        'mean': sum(step['outside'] * step['seconds'] for step in steps) / seconds,
        'workers': arguments.workers,
        'threads': torch.get_num_threads(),
        'steps': len(steps),
    }
    rate = sum(step['questions'] for step in steps) / seconds
    return [
        Result('training.outside', statistics.median(outside), '', at_most=0.1, further=further),
        Result('training.questions_per_s', rate, '1/s', further={'batch': arguments.batch}),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog='smolrgpt bench training')
    parser.add_argument('--json', action='store_true', help='print one JSON object a line')
    parser.add_argument('--steps', type=int, default=20)
    parser.add_argument('--workers', type=int, default=1)
    parser.add_argument('--batch', type=int, default=32)
    parser.add_argument('--questions', type=int, default=8, help='on one picture')
    parser.add_argument('--precision', default='fp32', choices=('fp32', 'bf16'))
    parser.add_argument('--device', default='auto', choices=('auto', 'cpu'))
    arguments = parser.parse_args()
    results = measure(arguments)
    report(results, as_json=arguments.json)
    return 0 if all(result.good for result in results) else 1


if __name__ == '__main__':
    sys.exit(main())
