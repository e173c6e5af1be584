# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""More questions than any node can answer: what becomes of each?

``python -m benchmarks.flood [--questions 30000] [--rate 1000] [--json]``: frames at 30 Hz, and a
client that asks so many questions a second, whatever becomes of those before; only where more than
4,000 are under way, which no queue of the middleware holds, it waits, and misses its rate. First it
asks one question at a time: the 99th percentile of that is what `flood.accepted_p99_ms` is held
against.

`flood.lost`: questions without a response a minute after the last one. `flood.doubled`: responses
to a question that had one.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.asker import PATIENCE_S
from benchmarks.command import concluded
from benchmarks.process_watch import ProcessWatch
from benchmarks.result import Result
from benchmarks.talk import pallets
from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS
from smolrgpt_ros.ros.running import (
    CAMERA_NODE,
    QUERY_NODE,
    Client,
    NodeProcess,
    RunningError,
)

QUESTIONS, RATE_HZ = 30_000, 1000.0
UNLOADED, UNLOADED_S = 200, 600.0
CAMERA = {'rate': 30.0, 'width': 640, 'height': 480}
START_S = 120.0
# A machine with much to do takes its time between a picture and its answer.
PATIENT = {'max_age': 30.0, 'timeout': 30.0}
_SLOWEST = 30.0
"""A machine that is busy may ask so many times slower than it should."""


def measure(questions: int, rate_hz: float) -> list[Result]:
    """All figures of one run. Raises RunningError."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        NodeProcess(CAMERA_NODE, parameters=CAMERA) as camera,
        NodeProcess(QUERY_NODE, parameters=PATIENT, remappings=CAMERA_TOPICS) as node,
        Client('flood', watch=(camera, node)) as client,
    ):
        client.activate(timeout_s=START_S)
        client.wait_for_frame(START_S)
        ids = pallets(client)
        unloaded = _asked(
            Path(scratch) / 'one', ids, UNLOADED_S + START_S, '--style', 'one', '--clients', '1',
            '--questions', str(UNLOADED),
        )  # fmt: skip
        with ProcessWatch(node.pid) as watch:
            cpu_s, started_s = _cpu_s(node), time.monotonic()
            flood = _asked(
                Path(scratch) / 'flood', ids, _SLOWEST * questions / rate_hz + 2 * PATIENCE_S,
                '--style', 'flood', '--clients', '1',
                '--questions', str(questions), '--rate', str(rate_hz),
            )  # fmt: skip
            cores = (_cpu_s(node) - cpu_s) / (time.monotonic() - started_s)
    flood['cores'], flood['rss_mb'] = cores, max(one.rss_mb for one in watch.seen)
    return results(unloaded, flood, rate_hz)


def _asked(file: Path, ids: list[str], patience_s: float, *arguments: str) -> dict[str, Any]:
    words = [str(file), '--objects', ','.join(ids), *arguments]
    with NodeProcess('benchmarks.asker', arguments=words) as asker:
        if asker.wait(patience_s) != 0:
            raise RunningError(f'the asking process failed:\n{asker.log_end()}')
        return dict(json.loads(file.read_text(encoding='utf-8')))


def _cpu_s(node: NodeProcess) -> float:
    times = psutil.Process(node.pid).cpu_times()
    return float(times.user + times.system)


def results(unloaded: dict[str, Any], flood: dict[str, Any], rate_hz: float) -> list[Result]:
    """The figures of a run, from what the asking processes have counted."""
    # Of nothing that was answered there is no latency, and no bound is kept.
    one_ms = np.array([1e3 * took_s for _, took_s, _ in unloaded['took']] or [math.nan])
    accepted_ms = np.array([1e3 * took_s for _, took_s, _ in flood['took']] or [math.inf])
    counts = {name: flood[name] for name in ('sent', 'answered')} | flood['statuses']
    refused, answered = (flood['statuses'].get(name, 0) for name in ('BUSY', 'OK'))
    return [
        Result('flood.lost', flood['lost'], '', at_most=0, further=counts),
        Result('flood.doubled', flood['doubled'], '', at_most=0),
        Result('flood.unexpected', len(flood['unexpected']), '', at_most=0),
        Result(
            'flood.accepted_p99_ms',
            float(np.percentile(accepted_ms, 99)),
            'ms',
            reference=float(np.percentile(one_ms, 99)),
            further={
                'ratio_at_most': 3.0,
                'p50': float(np.median(accepted_ms)),
                'unloaded_p50': float(np.median(one_ms)),
                'unloaded_answered': len(unloaded['took']),
            },
        ),
        Result(
            'flood.rate_hz',
            flood['rate_hz'],
            '1/s',
            reference=rate_hz,
            at_least=0.95 * rate_hz,
            further={
                'answered_hz': answered / flood['sent'] * flood['rate_hz'],
                'refused_share': refused / flood['sent'],
                'node_cores': flood['cores'],
                'node_rss_mb': flood['rss_mb'],
            },
        ),
    ]


def _main() -> int:
    parser = argparse.ArgumentParser(prog='smolrgpt bench flood')
    parser.add_argument('--json', action='store_true', help='print one JSON object a line')
    parser.add_argument(
        '--questions', type=int, default=QUESTIONS, help='in all (default %(default)s)'
    )
    parser.add_argument('--rate', type=float, default=RATE_HZ, help='1/s (default %(default)s)')
    arguments = parser.parse_args()
    if arguments.questions < 1 or not arguments.rate > 0.0:
        parser.error('--questions and --rate must be above 0')
    return concluded(
        'flood', lambda: measure(arguments.questions, arguments.rate), as_json=arguments.json
    )


if __name__ == '__main__':
    sys.exit(_main())
