# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Whether answers come by the asker's deadline while the machine has more to do than it can.

``python -m benchmarks.deadline [--questions N] [--checkpoint DIR] [--json]``: the node with the
engine `verified`, its network on the CPU, a camera at 30 Hz, one process for each core that counts
for ever, and several questions under way at any time, each with a deadline of its own between 50
and 500 ms. Without a checkpoint the network is a small one with random weights. An answer counts
as kept where it has arrived no later than 50 ms after its deadline.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from rclpy.duration import Duration

from benchmarks import surroundings
from benchmarks.camera import pallet_ids, published_shot
from benchmarks.command import concluded
from benchmarks.model_agreement import GOLDEN, golden_checkpoint
from benchmarks.result import Result
from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS
from smolrgpt_ros.models.smolrgpt import pack
from smolrgpt_ros.ros.running import QUERY_NODE, Client, NodeProcess, RunningError
from smolrgpt_ros.ros.status import STATUS_NAMES
from smolrgpt_ros.srv import SpatialQuery

QUESTIONS, UNDER_WAY = 1000, 3
SHORTEST_S, LONGEST_S = 0.05, 0.5
GRACE_S = 0.05
START_S = 120.0


@dataclass(frozen=True)
class Asked:
    """One question: how long it was given and took, seconds, and what came."""

    deadline_s: float
    took_s: float
    status: str
    engine: str

    @property
    def kept(self) -> bool:
        """Whether a response came in time, whatever it said."""
        return self.took_s <= self.deadline_s + GRACE_S


def measure(questions: int, checkpoint: Path) -> list[Result]:
    """All figures of one run."""
    ids = pallet_ids(published_shot().detections.detections)
    wordings = (
        f'is {ids[0]} to the left or right of {ids[1]}?',
        f'how far is {ids[0]} from {ids[1]}?',
        'which pallet is the leftmost?',
        f'where is {ids[0]}?',
    )
    parameters = {'checkpoint': str(checkpoint), 'device': 'cpu', 'decode': 'score'}
    with (
        surroundings.camera() as (camera, _),
        NodeProcess(QUERY_NODE, parameters=parameters, remappings=CAMERA_TOPICS) as node,
        Client('benchmark', watch=(camera, node)) as client,
    ):
        client.activate(timeout_s=START_S)
        client.wait_for_frame(START_S)
        _wait_for_network(client, wordings[0])
        idle = _ask_all(client, wordings, min(questions, 100))
        with _load():
            asked = _ask_all(client, wordings, questions)
    answered = [one for one in asked if one.status == 'OK']
    over_ms = np.array([1e3 * (one.took_s - one.deadline_s) for one in asked])
    statuses, engines = Counter(a.status for a in asked), Counter(a.engine for a in answered)
    return [
        Result(
            'deadline.kept_share', sum(one.kept for one in asked) / len(asked), '',
            reference=sum(one.kept for one in idle) / len(idle), at_least=0.99,
            further={
                'questions': len(asked), 'over_p99_ms': float(np.percentile(over_ms, 99)),
                'over_max_ms': float(over_ms.max()),
                'longest_unanswered_ms': 1e3 * max(
                    (one.deadline_s for one in asked if one.status != 'OK'), default=0.0
                ),
                **dict(statuses),
            },
        ),
        Result(
            'deadline.answered_share', len(answered) / len(asked), '',
            reference=sum(one.status == 'OK' for one in idle) / len(idle),
            further={f'by {name}': count for name, count in sorted(engines.items())},
        ),
    ]  # fmt: skip


def _wait_for_network(client: Client, question: str) -> None:
    """Raise RunningError where the network never answers."""
    ends = time.monotonic() + START_S
    while (answer := client.ask(question, timeout_s=30.0).answer).engine != 'verified':
        if time.monotonic() > ends:
            raise RunningError(f'the network never answered: {answer.text}')


def _ask_all(client: Client, wordings: tuple[str, ...], count: int) -> list[Asked]:
    chance = random.Random(1)
    calls = client.node.create_client(SpatialQuery, '/spatial_query')
    client.wait_until(calls.service_is_ready, START_S, 'the service /spatial_query')
    ended: list[Asked] = []
    sent = 0

    def send(deadline_s: float) -> None:
        request = SpatialQuery.Request(question=wordings[sent % len(wordings)])
        request.timeout = Duration(seconds=deadline_s).to_msg()
        started_s = time.monotonic()

        def on_done(future: object) -> None:
            took_s = time.monotonic() - started_s
            response = future.result()  # type: ignore[attr-defined]
            engine, status = response.answer.engine, STATUS_NAMES[response.status]
            ended.append(Asked(deadline_s, took_s, status, engine))

        calls.call_async(request).add_done_callback(on_done)

    def more_than(before: int) -> bool:
        return len(ended) > before

    while len(ended) < count:
        while sent < count and sent - len(ended) < UNDER_WAY:
            send(chance.uniform(SHORTEST_S, LONGEST_S))
            sent += 1
        client.wait_until(partial(more_than, len(ended)), START_S, 'an answer')
    client.node.destroy_client(calls)
    return ended


@contextmanager
def _load() -> Iterator[None]:
    """One process for each core that never rests."""
    counting = [
        subprocess.Popen([sys.executable, '-c', 'while True: pass'])
        for _ in os.sched_getaffinity(0)
    ]
    try:
        yield
    finally:
        for process in counting:
            process.kill()
            process.wait()


def _main() -> int:
    parser = argparse.ArgumentParser(prog='smolrgpt bench deadline')
    parser.add_argument('--json', action='store_true', help='print one JSON object a line')
    parser.add_argument('--questions', type=int, default=QUESTIONS)
    parser.add_argument('--checkpoint', type=Path, help='folder of the network')
    arguments = parser.parse_args()
    return concluded(
        'deadline',
        lambda: _with_network(arguments.questions, arguments.checkpoint),
        as_json=arguments.json,
    )


def _with_network(questions: int, checkpoint: Path | None) -> list[Result]:
    """With the network of a folder, or one of random weights."""
    with tempfile.TemporaryDirectory() as scratch:
        return measure(
            questions,
            checkpoint
            or pack(
                golden_checkpoint(Path(scratch) / 'published'),
                GOLDEN / 'tokenizer',
                Path(scratch) / 'packed',
            ),
        )


if __name__ == '__main__':
    sys.exit(_main())
