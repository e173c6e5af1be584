# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Messages as broken drivers and detectors publish them; each function spoils a good shot."""

from __future__ import annotations

import array
import copy
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import numpy as np
from bench import PALLETS, Bench
from robot import good_shot

from smolrgpt_ros.ros.filming import Shot

Spoil = Callable[[Shot], None]


def showing(spoil: Spoil) -> Callable[[Bench], AbstractContextManager[None]]:
    """The injection of a spoilt message."""

    @contextmanager
    def inject(bench: Bench) -> Iterator[None]:
        shot = good_shot()
        spoil(shot)
        bench.camera.mark()
        with bench.camera.showing(shot):
            yield

    return inject


def position_of(shot: Shot, object_id: str) -> int:
    return next(i for i, d in enumerate(shot.detections.detections) if d.id == object_id)


def truncated_depth(shot: Shot) -> None:
    shot.depth.data = shot.depth.data[: len(shot.depth.data) // 2]


def truncated_image(shot: Shot) -> None:
    shot.image.data = shot.image.data[:100]


def empty_image(shot: Shot) -> None:
    shot.image.data = array.array('B')
    shot.image.width = shot.image.height = shot.image.step = 0


def wrong_step(shot: Shot) -> None:
    shot.depth.step = 7


def huge_size(shot: Shot) -> None:
    shot.depth.height = shot.depth.width = 2**31


def unknown_depth_encoding(shot: Shot) -> None:
    shot.depth.encoding = '64FC7'


def colour_as_depth(shot: Shot) -> None:
    shot.depth.encoding, shot.depth.data, shot.depth.step = 'rgb8', shot.image.data, shot.image.step


def unknown_image_encoding(shot: Shot) -> None:
    shot.image.encoding = 'plaid8'


def bayer_image(shot: Shot) -> None:
    shot.image.encoding = 'bayer_rggb8'


def smaller_depth(shot: Shot) -> None:
    half = np.frombuffer(shot.depth.data, np.uint16).reshape(480, 640)[::2, ::2]
    shot.depth.height, shot.depth.width, shot.depth.step = 240, 320, 640
    shot.depth.data = array.array('B', half.tobytes())


def zero_camera_info(shot: Shot) -> None:
    shot.camera_info.k = [0.0] * 9
    shot.camera_info.p = [0.0] * 12


def nan_camera_info(shot: Shot) -> None:
    shot.camera_info.k = [math.nan] * 9


def other_camera_info(shot: Shot) -> None:
    shot.camera_info.width = 1920


def no_depth_at_all(shot: Shot) -> None:
    shot.depth.data = array.array('B', bytes(len(shot.depth.data)))


def nan_depth(shot: Shot) -> None:
    shot.depth.encoding, shot.depth.step = '32FC1', 640 * 4
    shot.depth.data = array.array('B', np.full((480, 640), np.nan, np.float32).tobytes())


def first_box(change: Callable[[object], None]) -> Spoil:
    def apply(shot: Shot) -> None:
        change(shot.detections.detections[position_of(shot, PALLETS[0])].bbox)

    return apply


def nan_box(box) -> None:
    box.center.position.x = math.nan


def negative_box(box) -> None:
    box.size_x = -20.0


def endless_box(box) -> None:
    box.size_x = math.inf


def outside_box(box) -> None:
    box.center.position.x = 9000.0


def empty_box(box) -> None:
    box.size_x = box.size_y = 0.0


def no_detections(shot: Shot) -> None:
    shot.detections.detections = []


def no_hypotheses_at_all(shot: Shot) -> None:
    for detection in shot.detections.detections:
        detection.results = []


def big_endian_depth(shot: Shot) -> None:
    millimetres = np.frombuffer(shot.depth.data, np.uint16)
    shot.depth.is_bigendian = 1
    shot.depth.data = array.array('B', millimetres.astype('>u2').tobytes())


def depth_in_metres(shot: Shot) -> None:
    metres = np.frombuffer(shot.depth.data, np.uint16).astype(np.float32) / 1000.0
    shot.depth.encoding, shot.depth.step = '32FC1', 640 * 4
    shot.depth.data = array.array('B', metres.tobytes())


def endless_depth(shot: Shot) -> None:
    shot.depth.encoding, shot.depth.step = '32FC1', 640 * 4
    shot.depth.data = array.array('B', np.full((480, 640), np.inf, np.float32).tobytes())


def padded_rows(shot: Shot) -> None:
    rows = np.frombuffer(shot.depth.data, np.uint8).reshape(480, 1280)
    shot.depth.step = 1283
    shot.depth.data = array.array('B', np.pad(rows, ((0, 0), (0, 3))).tobytes())


def many_detections(shot: Shot) -> None:
    pallet = shot.detections.detections[position_of(shot, PALLETS[0])]
    for number in range(500):
        more = copy.deepcopy(pallet)
        more.id = f'more_{number}'
        more.bbox.center.position.x = 20.0 + number
        shot.detections.detections.append(more)


def twins(shot: Shot) -> None:
    for name in PALLETS[:2]:
        shot.detections.detections[position_of(shot, name)].id = 'twin'


def without_ids(shot: Shot) -> None:
    for detection in shot.detections.detections:
        detection.id = ''


def renumbered(shot: Shot) -> None:
    ids = [detection.id for detection in shot.detections.detections]
    for detection, id in zip(shot.detections.detections, ids[3:] + ids[:3], strict=True):
        detection.id = id


def half_the_size(shot: Shot) -> None:
    colour = np.frombuffer(shot.image.data, np.uint8).reshape(480, 640, 3)[::2, ::2]
    shot.image.height, shot.image.width, shot.image.step = 240, 320, 960
    shot.image.data = array.array('B', np.ascontiguousarray(colour).tobytes())
    smaller_depth(shot)
    info = shot.camera_info
    info.width, info.height = 320, 240
    info.k = [value / 2.0 for value in info.k[:8]] + [1.0]
    info.p = [value / 2.0 for value in info.p[:10]] + [1.0, 0.0]
    for detection in shot.detections.detections:
        box = detection.bbox
        box.center.position.x /= 2.0
        box.center.position.y /= 2.0
        box.size_x /= 2.0
        box.size_y /= 2.0


def half_the_size_but_camera_info(shot: Shot) -> None:
    info, before = shot.camera_info, copy.deepcopy(shot.camera_info)
    half_the_size(shot)
    info.width, info.height, info.k, info.p = before.width, before.height, before.k, before.p
