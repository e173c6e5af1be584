# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Frames at 30 Hz into an idle node: how many arrive, and what that costs."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

import psutil
from diagnostic_msgs.msg import DiagnosticArray
from std_msgs.msg import UInt64

from benchmarks import surroundings
from benchmarks.command import run
from benchmarks.result import Result
from benchmarks.surroundings import Stamps
from benchmarks.usual_node import SETS_TOPIC
from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS
from smolrgpt_ros.ros.running import QUERY_NODE, Client, NodeProcess, RunningError

SECONDS = 15.0
START_S = 60.0


@dataclass(frozen=True)
class Ingested:
    """What one process has done while frames came.

    Attributes:
        delivered: share of the published sets that it has got.
        cores: processor time a second.
    """

    delivered: float
    cores: float


class _Counter:
    """How many sets a process has got, as it says itself once a second."""

    def __init__(self) -> None:
        self.sets = 0
        self.told = 0

    def on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            values = {pair.key: pair.value for pair in status.values}
            if status.name.endswith('matching') and 'matched' in values:
                self.tell(int(values['matched']))

    def on_sets(self, message: UInt64) -> None:
        self.tell(message.data)

    def tell(self, sets: int) -> None:
        self.sets = sets
        self.told += 1


def measure(seconds: float) -> list[Result]:
    """All figures of one run."""
    with surroundings.camera() as (camera, stamps):
        ours = _measure_node(camera, stamps, seconds)
        usual = _measure_usual('convert', camera, stamps, seconds)
        alone = _measure_usual('receive', camera, stamps, seconds)
    return [
        Result(
            'ingest.delivered',
            ours.delivered,
            '',
            reference=usual.delivered,
            at_least=0.98,
            further={'receive_alone': alone.delivered},
        ),
        Result(
            'ingest.cpu_cores',
            ours.cores,
            'cores',
            reference=usual.cores,
            at_most=0.16,
            further={'receive_alone': alone.cores, 'ratio_at_most': 0.6},
        ),
    ]


def _measure_node(camera: NodeProcess, stamps: Stamps, seconds: float) -> Ingested:
    with (
        NodeProcess(QUERY_NODE, remappings=CAMERA_TOPICS) as node,
        Client('benchmark', watch=(camera, node)) as client,
    ):
        client.activate(timeout_s=START_S)
        counter = _Counter()
        client.node.create_subscription(DiagnosticArray, '/diagnostics', counter.on_diagnostics, 10)
        return _observe(client, node, counter, stamps, seconds)


def _measure_usual(what: str, camera: NodeProcess, stamps: Stamps, seconds: float) -> Ingested:
    with (
        NodeProcess('benchmarks.usual_node', arguments=[what]) as node,
        Client('benchmark', watch=(camera, node)) as client,
    ):
        counter = _Counter()
        client.node.create_subscription(UInt64, SETS_TOPIC, counter.on_sets, 10)
        return _observe(client, node, counter, stamps, seconds)


def _observe(
    client: Client, node: NodeProcess, counter: _Counter, stamps: Stamps, seconds: float
) -> Ingested:
    """Count from the first report after the first set to the first one after `seconds`."""
    client.wait_until(lambda: counter.sets > 0, START_S, 'the first matched set')
    first = _moment(node, counter)
    client.wait_until(
        lambda: time.monotonic() - first.monotonic_s > seconds, seconds + 5.0, 'time to pass'
    )
    told = counter.told
    client.wait_until(lambda: counter.told > told, 5.0, 'the last report')
    last = _moment(node, counter)
    published = stamps.between(first.stamp_ns, last.stamp_ns)
    if not published:
        raise RunningError('the camera has published nothing')
    # A set on its way at the first report is counted at the last: more than all is not possible.
    return Ingested(
        min(1.0, (last.sets - first.sets) / published),
        (last.cpu_s - first.cpu_s) / (last.monotonic_s - first.monotonic_s),
    )


@dataclass(frozen=True)
class _Moment:
    sets: int
    stamp_ns: int
    monotonic_s: float
    cpu_s: float


def _moment(node: NodeProcess, counter: _Counter) -> _Moment:
    times = psutil.Process(node.pid).cpu_times()
    return _Moment(counter.sets, time.time_ns(), time.monotonic(), times.user + times.system)


if __name__ == '__main__':
    sys.exit(run('ingest', SECONDS, measure))
