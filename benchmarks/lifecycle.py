# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Round after round through the lifecycle: what of each does the node keep?

``python -m benchmarks.lifecycle [--rounds 1000] [--json]``. Each round configures and activates the
node while a camera films, deactivates and cleans up; every fifth asks in between until a picture is
answered from. What the node's process holds while it is unconfigured, after the first tenth of the
rounds (it has imported and reserved what it needs by then) and after the last, is compared. Ctrl-C
ends it with the figures of the rounds so far.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence

from builtin_interfaces.msg import Duration

from benchmarks.command import concluded
from benchmarks.lifecycle_steps import ACTIVE, UNCONFIGURED, Lifecycle
from benchmarks.process_watch import Held, held_by, middle
from benchmarks.result import Result
from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS
from smolrgpt_ros.ros.running import (
    CAMERA_NODE,
    QUERY_NODE,
    Client,
    NodeProcess,
    RunningError,
)
from smolrgpt_ros.srv import SpatialQuery

ROUNDS, FEWEST = 1000, 20
ASKED_EVERY, TOLD_EVERY = 5, 50
QUESTION = 'how many pallets are there?'
CAMERA = {'rate': 5.0, 'width': 640, 'height': 480}
ANSWERED_S = 60.0
# A machine with much to do takes its time between a picture and its answer.
OLDEST_S = 30


def measure(rounds: int) -> list[Result]:
    """All figures of one run. Raises RunningError."""
    held: list[Held] = []
    took_ms: list[float] = []
    asked = answered = 0
    with (
        NodeProcess(CAMERA_NODE, parameters=CAMERA) as camera,
        NodeProcess(QUERY_NODE, remappings=CAMERA_TOPICS) as node,
        Client('lifecycle', watch=(camera, node)) as client,
    ):
        lifecycle = Lifecycle(client)
        try:
            for number in range(rounds):
                started_s = time.monotonic()
                lifecycle.walk(ACTIVE)
                if not number % ASKED_EVERY:
                    answered += _answered(client)
                    asked += 1
                lifecycle.walk(UNCONFIGURED)
                took_ms.append(1e3 * (time.monotonic() - started_s))
                held.append(held_by(node.pid))
                if not (number + 1) % TOLD_EVERY:
                    print(f'{number + 1} of {rounds} rounds', file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            if len(held) < FEWEST:
                raise
            print(f'interrupted after {len(held)} rounds', file=sys.stderr, flush=True)
    return results(held, took_ms, answered / asked)


def _answered(client: Client) -> bool:
    """Whether a picture was answered from before patience ended."""
    ends = time.monotonic() + ANSWERED_S
    while time.monotonic() < ends:
        response = client.ask(QUESTION, timeout_s=30.0, max_age=Duration(sec=OLDEST_S))
        if response.status == SpatialQuery.Response.OK:
            return True
        if response.status not in (response.NO_FRAME, response.STALE):
            raise RunningError(f'{QUESTION!r} ended with {response.status}: {response.message}')
        time.sleep(0.01)
    return False


def results(held: Sequence[Held], took_ms: Sequence[float], answered_share: float) -> list[Result]:
    """The figures, of what was held after each round."""
    part = max(3, len(held) // 20)
    first = len(held) // 10
    warm, end = middle(held[first : first + part]), middle(held[-part:])
    memory = {'warm_mb': warm.rss_mb, 'end_mb': end.rss_mb}
    memory |= {'own_warm_mb': warm.own_mb, 'own_end_mb': end.own_mb}
    return [
        Result(
            'lifecycle.rss_growth', end.rss_mb / warm.rss_mb - 1.0, '', at_most=0.01, further=memory
        ),
        Result(
            'lifecycle.threads_growth', end.threads - warm.threads, '', at_most=0,
            further={'warm': warm.threads, 'end': end.threads},
        ),
        Result(
            'lifecycle.files_growth', end.files - warm.files, '', at_most=0,
            further={'warm': warm.files, 'end': end.files},
        ),
        Result(
            'lifecycle.answered', answered_share, '', at_least=1.0,
            further={'rounds': len(held), 'round_ms': statistics.median(took_ms)},
        ),
    ]  # fmt: skip


def _main() -> int:
    parser = argparse.ArgumentParser(prog='smolrgpt bench lifecycle')
    parser.add_argument('--json', action='store_true', help='print one JSON object a line')
    parser.add_argument('--rounds', type=int, default=ROUNDS, help='how many (default %(default)s)')
    arguments = parser.parse_args()
    if arguments.rounds < FEWEST:
        parser.error(f'--rounds is {arguments.rounds}; at least {FEWEST}')
    return concluded('lifecycle', lambda: measure(arguments.rounds), as_json=arguments.json)


if __name__ == '__main__':
    sys.exit(_main())
