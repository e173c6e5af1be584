# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How often tracked objects change their id, in drives through synthetic halls with true ids.

``python -m benchmarks.tracking [--json] [--halls 2] [--seconds 60]``. A robot's camera (320x240,
10 Hz) drives round each hall; depth has the noise of a stereo camera, a quarter of the detections
is left out and the sides of the boxes jitter (1.5 px in a picture 640 wide). Poses are true, as
from a perfect TF; positions are measured in the noisy pictures by `scene.Measurements`, as the node
does, or quick ones (`quick_...`), of the depth in the middle of each box. Slivers of objects at
the picture's border count like everything else.

A switch is an object whose id differs from the one it had when it was seen last, however long ago
that was; `value` is switches per detection. `misnamed` is stricter: the share of detections that
do not carry the one id that fits their object best over the whole drive (one id to one object), so
that an object which is lost and gets a new id counts until the end.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.result import Result, report
from smolrgpt_ros.scene.sighting import sightings_of
from smolrgpt_ros.scene.sightings import Sighting, Sightings
from smolrgpt_ros.scene.tracking import Tracker
from smolrgpt_ros.warehouse.drive import drive
from smolrgpt_ros.warehouse.layout import generate_world
from smolrgpt_ros.warehouse.noise import SensorNoise, noisy_detections, with_noise
from smolrgpt_ros.warehouse.render import as_scene, render
from smolrgpt_ros.warehouse.viewpoint import make_camera

RATE_HZ = 10
FIRST_HALL = 11
NOISE = SensorNoise(missed=0.25)
RENUMBERED_EVERY_S = 3.0
AT_MOST = 0.01

# Names of all that a hall may hold.
_EVERYTHING = [
    f'{class_id}_{number}'
    for class_id in ('pallet', 'transporter', 'buffer', 'shelf', 'person')
    for number in range(1, 41)
]

Renaming = Callable[[int, list[str]], list[str]]
Frames = list[tuple[int, Sightings]]


def recorded(hall: int, seconds: float) -> tuple[Frames, Frames]:
    """Stamp and sightings of each frame of a drive, measured and quick; ids are the true ones."""
    world = generate_world(hall)
    camera = make_camera(320, 240, float(np.radians(69.0)))
    rng = np.random.default_rng(hall)
    frames, quick = [], []
    for number in range(int(seconds * RATE_HZ)):
        pose = drive(world, number / RATE_HZ)
        frame = with_noise(render(world, camera, pose), rng, NOISE)
        regions = noisy_detections(frame, rng, NOISE, masks=False)
        stamp_ns = (1 + number) * 1_000_000_000 // RATE_HZ
        scene = as_scene(
            frame, regions, with_relative_depth=False, stamp_ns=stamp_ns, in_world=True
        )
        frames.append((stamp_ns, sightings_of(scene, pose)))
        quick.append((stamp_ns, sightings_of(scene, pose, quick=True)))
    return frames, quick


def no_ids(number: int, names: list[str]) -> list[str]:
    return [''] * len(names)


def kept(number: int, names: list[str]) -> list[str]:
    return names


def renumbered_each_frame(number: int, names: list[str]) -> list[str]:
    order = np.random.default_rng(number).permutation(len(names))
    return [str(1 + place) for place in order]


def renumbered_sometimes(number: int, names: list[str]) -> list[str]:
    """The same number for an object for a while, then another's."""
    seed = int(number / (RENUMBERED_EVERY_S * RATE_HZ))
    numbers = dict(zip(_EVERYTHING, np.random.default_rng(seed).permutation(len(_EVERYTHING))))
    return [str(1 + numbers[name]) for name in names]


class Score:
    """Counts what ids true objects got."""

    def __init__(self) -> None:
        self.switches = 0
        self.seen = 0
        self.misnamed = 0
        self.ids: int = 0
        self.objects: int = 0

    def add(self, drive_: Sequence[tuple[list[str], Sequence[str]]]) -> None:
        """One drive: the true names and the ids of each frame."""
        last: dict[str, str] = {}
        joint: Counter[tuple[str, str]] = Counter()
        for names, ids in drive_:
            for name, id in zip(names, ids, strict=True):
                self.switches += last.get(name, id) != id
                last[name] = id
                joint[name, id] += 1
        rows, columns = sorted({name for name, _ in joint}), sorted({id for _, id in joint})
        table = np.zeros((len(rows), len(columns)))
        for (name, id), count in joint.items():
            table[rows.index(name), columns.index(id)] = count
        best = table[linear_sum_assignment(-table)].sum()
        self.seen += int(table.sum())
        self.misnamed += int(table.sum() - best)
        self.ids += len(columns)
        self.objects += len(rows)


def tracked(
    drives: Sequence[Frames], rename: Renaming, *, every: int = 1
) -> tuple[Score, np.ndarray]:
    """Scores of all drives, and the seconds that each frame took."""
    score, took = Score(), []
    for frames in drives:
        tracker, got = Tracker(), []
        for number, (stamp_ns, truth) in enumerate(frames):
            if number % every:
                continue
            names = list(truth.ids)
            told = replace(truth, ids=tuple(rename(number, names)))
            begin = time.perf_counter()
            result = tracker.update(stamp_ns, told)
            took.append(time.perf_counter() - begin)
            got.append((names, result.ids))
        score.add(got)
    return score, np.array(took)


def measure(halls: int, seconds: float) -> list[Result]:
    measured, quick = zip(*(recorded(FIRST_HALL + i, seconds) for i in range(halls)))
    cases: tuple[tuple[str, Renaming, Sequence[Frames], int, float | None], ...] = (
        ('no_ids', no_ids, measured, 1, AT_MOST),
        ('renumbered_each_frame', renumbered_each_frame, measured, 1, AT_MOST),
        ('renumbered_sometimes', renumbered_sometimes, measured, 1, AT_MOST),
        ('detector_ids', kept, measured, 1, AT_MOST),
        ('quick_no_ids', no_ids, quick, 1, AT_MOST),
        ('quick_renumbered_sometimes', renumbered_sometimes, quick, 1, AT_MOST),
        ('no_ids_5_hz', no_ids, measured, 2, None),
        ('no_ids_2_hz', no_ids, measured, 5, None),
    )
    results = []
    for name, rename, drives, every, at_most in cases:
        score, _ = tracked(drives, rename, every=every)
        results.append(
            Result(
                f'tracking.switches.{name}',
                score.switches / max(score.seen, 1),
                '',
                at_most=at_most,
                further={
                    'switches': score.switches,
                    'detections': score.seen,
                    'misnamed': score.misnamed / max(score.seen, 1),
                    'objects': score.objects,
                    'ids': score.ids,
                },
            )
        )
    return [*results, frame_time()]


def frame_time(objects: int = 20, frames: int = 200) -> Result:
    """Milliseconds a frame of 20 objects takes, positions measured before."""
    rng = np.random.default_rng(0)
    places = rng.uniform(0.0, 20.0, (objects, 3))
    colours = np.sqrt(rng.dirichlet(np.ones(64), objects))
    tracker, took = Tracker(), []
    for number in range(frames):
        sightings = [
            Sighting(
                (10.0, 10.0, 60.0, 60.0),
                'pallet',
                position=place + rng.normal(0.0, 0.05, 3),
                covariance=np.eye(3) * 0.01,
                size=np.array([1.2, 1.0, 1.0]),
                appearance=colour,
                view=np.array([np.arctan2(place[1], place[0]), 0.0, 0.1, 0.1]),
            )
            for place, colour in zip(places, colours, strict=True)
        ]
        begin = time.perf_counter()
        tracker.update((1 + number) * 100_000_000, sightings)
        took.append(1e3 * (time.perf_counter() - begin))
    return Result(
        'tracking.frame_ms',
        float(np.median(took)),
        'ms',
        at_most=1.0,
        further={'least': float(np.min(took)), 'p99': float(np.percentile(took, 99))},
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog='smolrgpt bench tracking')
    parser.add_argument('--json', action='store_true', help='print one JSON object a line')
    parser.add_argument('--seconds', type=float, default=60.0, help='of each drive')
    parser.add_argument('--halls', type=int, default=2, help='drives, each in another hall')
    arguments = parser.parse_args()
    results = measure(arguments.halls, arguments.seconds)
    report(results, as_json=arguments.json)
    return 0 if all(result.good for result in results) else 1


if __name__ == '__main__':
    sys.exit(main())
