# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How fast the synthetic camera films on one core: colour, depth, masks and boxes of each frame.

``python -m benchmarks.rendering [--json] [--halls 4] [--frames 20]``. A camera moves from view to
view in each hall, at 640x480; the first frame of a hall also paints its textures and is left out.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

import numpy as np

from benchmarks.result import Result, report
from smolrgpt_ros.warehouse.layout import generate_world
from smolrgpt_ros.warehouse.render import detections, render
from smolrgpt_ros.warehouse.viewpoint import Viewpoint, sample_camera, sample_viewpoint


def seconds_a_frame(viewpoint: Viewpoint, halls: int, frames: int) -> list[float]:
    took = []
    for seed in range(halls):
        world = generate_world(seed)
        rng = np.random.default_rng(seed)
        camera = sample_camera(rng, 640, 480)
        for number in range(frames + 1):
            pose = sample_viewpoint(world, rng, camera, viewpoint)
            begin = time.perf_counter()
            detections(render(world, camera, pose))
            if number:
                took.append(time.perf_counter() - begin)
    return took


def measure(halls: int, frames: int) -> list[Result]:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    results = []
    for viewpoint in Viewpoint:
        took = seconds_a_frame(viewpoint, halls, frames)
        further = {'slowest': 1.0 / max(took), 'frames': len(took)}
        rate = 1.0 / float(np.median(took))
        name = f'rendering.{viewpoint.value}'
        results.append(Result(name, rate, '1/s', at_least=20.0, further=further))
    return results


def main() -> int:
    parser = argparse.ArgumentParser(prog='smolrgpt bench rendering')
    parser.add_argument('--json', action='store_true', help='print one JSON object a line')
    parser.add_argument('--halls', type=int, default=4)
    parser.add_argument('--frames', type=int, default=20, help='of each hall and viewpoint')
    arguments = parser.parse_args()
    results = measure(arguments.halls, arguments.frames)
    report(results, as_json=arguments.json)
    return 0 if all(result.good for result in results) else 1


if __name__ == '__main__':
    sys.exit(main())
