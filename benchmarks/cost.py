# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Processor time of the answering thread a question: what the node itself does, without waiting.

``python -m benchmarks.cost [--pictures N] [--json]``: the set that the benchmarks' camera publishes
(1280x720, 20 detections) goes through the node's own scene building and answering in this process.
Nothing is sent, so that what else the machine does shows little: the kernel counts the time of this
thread alone. A busy neighbour on the same core still slows it by shared caches; compare ratios.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from rclpy.serialization import serialize_message

from benchmarks.camera import pallet_ids, published_shot
from benchmarks.result import Result, report
from smolrgpt_ros.messages.frame_set import FrameSet
from smolrgpt_ros.messages.identity import Identities
from smolrgpt_ros.messages.scene_building import SceneBuilder
from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.messages.stamped import stamped_from_bytes, stamped_from_message
from smolrgpt_ros.messages.transforms import Transforms
from smolrgpt_ros.ros.answering import Answerer, Outcome
from smolrgpt_ros.ros.engines import Engines, engine_options
from smolrgpt_ros.ros.filming import Shot
from smolrgpt_ros.ros.reading import RclpyReading
from smolrgpt_ros.ros.transforms import Tf2Buffer
from smolrgpt_ros.ros.worker import Job
from smolrgpt_ros.srv import SpatialQuery

PICTURES = 200
FURTHER = 3
PERIOD_NS = 33_000_000
WARM_UP = 10


@dataclass
class Costs:
    """Milliseconds of the thread's processor time, one of each picture or question."""

    new_picture: list[float] = field(default_factory=list)
    further: list[float] = field(default_factory=list)
    followed: list[float] = field(default_factory=list)


def costs(shot: Shot, question: str, settings: Settings, pictures: int) -> Costs:
    """What questions cost, about a new picture and about one known, and following its objects."""
    newest = _frame_set(shot, 1)
    outcomes: list[Outcome] = []

    def failed(what: str, error: Exception) -> None:
        raise error

    builder = SceneBuilder(
        Transforms(Tf2Buffer()), lambda: None, Identities(settings), RclpyReading()
    )
    answerer = Answerer(
        Engines(engine_options(settings)),
        builder,
        settings=lambda: settings,
        newest=lambda: newest,
        rectified=lambda: False,
        now_ns=lambda: newest.stamp_ns,
        on_answered=lambda answered: None,
        later=lambda action: action(),
        log_failure=failed,
    )

    def ask() -> None:
        answerer.process([Job(SpatialQuery.Request(question=question), 10.0, outcomes.append)])
        if outcomes.pop().status != SpatialQuery.Response.OK:
            raise RuntimeError(f'{question!r} was not answered')

    def follow() -> None:
        builder.follow(newest, settings, rectified=False, stop=lambda: False)

    taken = Costs()
    for number in range(pictures + WARM_UP):
        if number == WARM_UP:
            gc.collect()
            gc.freeze()  # as the node does
            taken = Costs()
        newest = _frame_set(shot, 2 + 2 * number)
        taken.new_picture.append(_thread_ms(ask))
        taken.further += [_thread_ms(ask) for _ in range(FURTHER)]
        newest = _frame_set(shot, 3 + 2 * number)
        taken.followed.append(_thread_ms(follow))
    return taken


def measure(pictures: int) -> list[Result]:
    """All figures; the reference follows no objects."""
    shot = published_shot()
    ids = pallet_ids(shot.detections.detections)
    question = f'how far is {ids[0]} from {ids[1]}?'
    usual = costs(shot, question, Settings(), pictures)
    plain = costs(shot, question, Settings(tracking_enabled=False), pictures)
    return [
        _result('cost.new_picture_ms', usual.new_picture, plain.new_picture),
        _result('cost.further_ms', usual.further, plain.further),
        _result('cost.followed_ms', usual.followed, plain.followed),
    ]


def _result(name: str, took_ms: list[float], plain_ms: list[float]) -> Result:
    further = {'p90': float(np.percentile(took_ms, 90)), 'times': len(took_ms)}
    median_ms, plain_median_ms = float(np.median(took_ms)), float(np.median(plain_ms))
    return Result(name, median_ms, 'ms', plain_median_ms, further=further)


def _thread_ms(work: Callable[[], None]) -> float:
    begun_ns = time.thread_time_ns()
    work()
    return (time.thread_time_ns() - begun_ns) / 1e6


def _frame_set(shot: Shot, number: int) -> FrameSet:
    """The set as it arrives, with a stamp of its own."""
    messages = {
        'image': shot.image,
        'depth': shot.depth,
        'camera_info': shot.camera_info,
        'detections': shot.detections,
    }
    for message in messages.values():
        stamp = message.header.stamp
        stamp.sec, stamp.nanosec = divmod(number * PERIOD_NS, 1_000_000_000)
    arrived_s = time.monotonic()
    return FrameSet(
        **{
            name: stamped_from_message(name, message, arrived_s)
            if name in ('image', 'depth')
            else stamped_from_bytes(name, serialize_message(message), arrived_s)
            for name, message in messages.items()
        }
    )


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog='smolrgpt bench cost')
    parser.add_argument('--json', action='store_true', help='print one JSON object a line')
    parser.add_argument('--pictures', type=int, default=PICTURES)
    given = parser.parse_args()
    report(measure(given.pictures), as_json=given.json)
    return 0


if __name__ == '__main__':
    sys.exit(main())
