# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What masks made from boxes and depth are worth, against plain boxes and against true masks.

``python -m benchmarks.masks [--json] [--pictures 24] [--first 501]``. Synthetic halls with the
depth of a stereo camera and the boxes of a detector (sides jitter by 1.5 px in a picture 640 wide),
alternately from under the roof and from a robot's height. Objects whose visible part does not
touch the picture's border count.

- `masks.iou`: mean overlap (intersection over union) of the object's pixels with the true ones; the
  reference is that of the plain box.
- `masks.column_error`: how far the middle of the pixels lies from the middle of the true ones, as a
  share of the object's width.
- `masks.centre_error_m`: median distance of the measured whole object's centre (which takes the
  same pixels for the object's) from the true one; the reference is the plain box: the median depth
  in it along the line through its middle.
- `masks.distance_score`: share of the distances between two things right within 10 % (the
  benchmark's own measure); reference likewise.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time

import numpy as np

from benchmarks.result import Result, report
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.object_mask import object_mask
from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.warehouse.noise import noisy_detections, with_noise
from smolrgpt_ros.warehouse.render import Frame, as_scene
from smolrgpt_ros.warehouse.synthesis import asked_frame

SIZE_PX = (640, 480)
RIGHT_WITHIN = 0.1
BORDER_PX = 3.0


class Tally:
    """What one way of looking at boxes gives."""

    def __init__(self) -> None:
        self.iou: list[float] = []
        self.column: list[float] = []
        self.centre_m: list[float] = []
        self.right: list[bool] = []


def measure(pictures: int, first: int) -> list[Result]:
    """All figures of some pictures."""
    plain, masked, took_ms = Tally(), Tally(), []
    for number in range(pictures):
        frame = asked_frame(
            first + number, 0, size_px=SIZE_PX, viewpoint=('high', 'robot')[number % 2]
        ).frame
        rng = np.random.default_rng(first + number)
        noisy = with_noise(frame, rng)
        regions = tuple(
            region for region in noisy_detections(frame, rng, masks=False) if _is_whole(region)
        )
        scene = as_scene(noisy, regions, with_relative_depth=False)
        took_ms += _look(scene, frame, plain, masked)
    return [
        _result('masks.iou', masked.iou, plain.iou, '', np.mean),
        _result('masks.column_error', masked.column, plain.column, '', np.mean),
        _result('masks.centre_error_m', masked.centre_m, plain.centre_m, 'm', np.median),
        _result('masks.distance_score', masked.right, plain.right, '', np.mean),
        Result('masks.ms', float(np.median(took_ms)), 'ms', further={'masks': len(took_ms)}),
    ]


def _result(name: str, ours: list, theirs: list, unit: str, summary) -> Result:
    return Result(
        name,
        float(summary(ours)),
        unit,
        reference=float(summary(theirs)),
        further={'count': len(ours)},
    )


def _is_whole(region: Region) -> bool:
    x0, y0, x1, y1 = region.box_px
    width, height = SIZE_PX
    return min(x0, y0, width - x1, height - y1) > BORDER_PX


def _look(scene: Scene, frame: Frame, plain: Tally, masked: Tally) -> list[float]:
    """Add one picture's objects to the tallies; processor milliseconds of each mask."""
    took_ms = []
    index_of = {thing.id: index for index, thing in enumerate(frame.world.things)}
    camera_from_world = frame.world_from_camera.inverse()
    centres: list[tuple[np.ndarray, np.ndarray | None, np.ndarray | None]] = []
    scene.measurements.floor  # noqa: B018  # measured once for all, before the clock runs
    for number, region in enumerate(scene.regions):
        truth = frame.mask(index_of[region.id])
        begun = time.process_time()
        own = object_mask(scene, region)
        took_ms.append(1e3 * (time.process_time() - begun))
        box = np.zeros_like(own)
        x0, y0, x1, y1 = region.window_px(size_px=scene.size_px)
        box[y0:y1, x0:x1] = True
        for tally, mask in ((plain, box), (masked, own)):
            tally.iou.append(np.count_nonzero(mask & truth) / np.count_nonzero(mask | truth))
            off_px = abs(_column(mask) - _column(truth))
            tally.column.append(off_px / (region.box_px[2] - region.box_px[0]))
        centre = camera_from_world.apply(np.array(frame.world.things[index_of[region.id]].centre))
        measured = scene.measurements.of_or_none(number)
        ours = None if measured is None else measured.centre_camera
        centres.append((centre, _plain_centre(scene, region), ours))
    for way, tally in ((1, plain), (2, masked)):
        tally.centre_m += [
            float(np.linalg.norm(known[way] - known[0]))
            for known in centres
            if known[way] is not None
        ]
        tally.right += [_is_right(a, b, way) for a, b in itertools.combinations(centres, 2)]
    return took_ms


def _is_right(a: tuple, b: tuple, way: int) -> bool:
    if a[way] is None or b[way] is None:
        return False
    true_m = float(np.linalg.norm(a[0] - b[0]))
    return abs(float(np.linalg.norm(a[way] - b[way])) - true_m) <= RIGHT_WITHIN * true_m


def _column(mask: np.ndarray) -> float:
    return float(np.flatnonzero(mask.any(axis=0)).mean()) if mask.any() else 0.0


def _plain_centre(scene: Scene, region: Region) -> np.ndarray | None:
    """Where a plain box says its object is: its median depth along the ray through its middle."""
    assert scene.depth is not None
    assert scene.camera is not None
    z = scene.depth.crop_m(region.window_px(size_px=scene.size_px))
    z = z[np.isfinite(z)]
    if not z.size:
        return None
    x0, y0, x1, y1 = region.box_px
    ray = scene.camera.directions(np.array([(x0 + x1) / 2.0, (y0 + y1) / 2.0]))
    centre: np.ndarray = ray * float(np.median(z))
    return centre


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog='smolrgpt bench masks')
    parser.add_argument('--json', action='store_true', help='print one JSON object a line')
    parser.add_argument('--pictures', type=int, default=24)
    parser.add_argument('--first', type=int, default=501, help='seed of the first hall')
    arguments = parser.parse_args()
    results = measure(arguments.pictures, arguments.first)
    report(results, as_json=arguments.json)
    return 0 if all(result.good for result in results) else 1


if __name__ == '__main__':
    sys.exit(main())
