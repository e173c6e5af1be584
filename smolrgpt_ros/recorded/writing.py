# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A recording of the synthetic warehouse: the topics of a RealSense camera, detections and TF."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rosbags.interfaces import (
    Qos,
    QosDurability,
    QosHistory,
    QosLiveliness,
    QosReliability,
    QosTime,
)
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer, WriterError

from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS, MASK_TOPIC
from smolrgpt_ros.recorded.message_types import (
    CAMERA_INFO,
    DETECTIONS,
    IMAGE,
    TF_MESSAGE,
    known_types,
)
from smolrgpt_ros.recorded.synthetic_messages import MessageMaker
from smolrgpt_ros.recorded.topics import TF, TF_STATIC
from smolrgpt_ros.warehouse.filming import BASE_FRAME, MAP_FRAME, OPTICAL_FRAME, Film, views_of

START_NS = 1_767_225_600_000_000_000
"""1 January 2026: the same film gives the same recording."""
# How long after its stamp each message was recorded: the detector takes longest.
_DELAYS_NS = {TF: 1_000_000, 'camera_info': 2_000_000, 'depth': 12_000_000, 'image': 10_000_000}
_DETECTOR_NS, _MASK_NS = 35_000_000, 36_000_000
_STORAGES = {'mcap': StoragePlugin.MCAP, 'sqlite3': StoragePlugin.SQLITE3}
_SUFFIXES = {'.mcap': 'mcap', '.db3': 'sqlite3'}
COMPRESSIONS = {
    'none': CompressionMode.NONE,
    'message': CompressionMode.MESSAGE,
    'file': CompressionMode.FILE,
    'chunk': CompressionMode.STORAGE,
}
_LATCHED = Qos(
    QosHistory.KEEP_LAST,
    1,
    QosReliability.RELIABLE,
    QosDurability.TRANSIENT_LOCAL,
    QosTime(0, 0),
    QosTime(0, 0),
    QosLiveliness.AUTOMATIC,
    QosTime(0, 0),
    False,
)


class RecordingError(ValueError):
    """A recording that cannot be written; the message says why."""


@dataclass(frozen=True)
class Shooting:
    """How a film is recorded.

    Attributes:
        duration_s: how long the recording is.
        rate_hz: frames a second.
        storage: 'mcap' or 'sqlite3'; '' for that of the name's suffix, else mcap.
        compression: one of `COMPRESSIONS`; 'chunk' of mcap only.
        with_mask: whether the instance mask is recorded.
        with_transforms: whether TF is recorded.
    """

    duration_s: float = 10.0
    rate_hz: float = 10.0
    storage: str = ''
    compression: str = 'none'
    with_mask: bool = False
    with_transforms: bool = True


def write_recording(
    out: Path, plan: Film, shooting: Shooting, on_frame: Callable[[int], None] = lambda done: None
) -> int:
    """Write a recording; returns how many frames it has.

    Args:
        out: a folder as ros2 bag record makes it, or one file where the name ends in .mcap or .db3.

    Raises:
        RecordingError: there is something already, or the wish contradicts itself. OSError.
    """
    storage = shooting.storage or _SUFFIXES.get(out.suffix, 'mcap')
    if out.exists():
        raise RecordingError(f'{out} is there already; name another recording')
    if storage not in _STORAGES or shooting.compression not in COMPRESSIONS:
        raise RecordingError(
            f'storage is {storage!r} and compression {shooting.compression!r}; expected one of '
            f'{", ".join(_STORAGES)} and one of {", ".join(COMPRESSIONS)}'
        )
    if _SUFFIXES.get(out.suffix, storage) != storage:
        raise RecordingError(f'{out} ends in {out.suffix}, and the storage is {storage}')
    if shooting.compression == 'chunk' and storage != 'mcap':
        raise RecordingError('chunks are compressed in mcap only; take message or file')
    if out.suffix in _SUFFIXES and shooting.compression in ('message', 'file'):
        raise RecordingError(
            f'a single file does not say that its messages are compressed by {shooting.compression}'
            '; name a folder, or take chunk'
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f'.{out.name}.') as scratch:
        folder = Path(scratch) / (out.stem if out.suffix in _SUFFIXES else out.name)
        try:
            count = _write(folder, plan, shooting, _STORAGES[storage], on_frame)
        except WriterError as error:
            raise RecordingError(f'{out} cannot be written: {error}') from error
        if out.suffix in _SUFFIXES:
            shutil.move(next(folder.glob(f'*{out.suffix}')), out)
        else:
            shutil.move(folder, out)
    return count


def _write(
    folder: Path,
    plan: Film,
    shooting: Shooting,
    storage: StoragePlugin,
    on_frame: Callable[[int], None],
) -> int:
    views, base_from_camera = views_of(plan)
    types = known_types()
    maker = MessageMaker(types)
    writer = Writer(folder, version=9, storage_plugin=storage)
    writer.set_compression(COMPRESSIONS[shooting.compression], CompressionFormat.ZSTD)
    with writer:
        names = dict(CAMERA_TOPICS) | ({'mask': MASK_TOPIC} if shooting.with_mask else {})
        kinds = {'camera_info': CAMERA_INFO, 'detections': DETECTIONS}
        connections: dict[str, Any] = {
            name: writer.add_connection(topic, kinds.get(name, IMAGE), typestore=types)
            for name, topic in names.items()
        }
        if shooting.with_transforms:
            connections[TF] = writer.add_connection(TF, TF_MESSAGE, typestore=types)
            connections[TF_STATIC] = writer.add_connection(
                TF_STATIC, TF_MESSAGE, typestore=types, offered_qos_profiles=[_LATCHED]
            )

        def put(name: str, at_ns: int, message: Any, message_type: str) -> None:
            if name in connections:
                writer.write(connections[name], at_ns, types.serialize_cdr(message, message_type))

        fixed = maker.transforms([(BASE_FRAME, OPTICAL_FRAME, base_from_camera)], START_NS)
        put(TF_STATIC, START_NS, fixed, TF_MESSAGE)
        # There and back, so that nothing jumps.
        shown = itertools.cycle((*views, *views[-2:0:-1]))
        count = max(1, round(shooting.duration_s * shooting.rate_hz))
        for index, view in zip(range(count), shown, strict=False):
            stamp_ns = START_NS + round((index + 1) / shooting.rate_hz * 1e9)
            moved = maker.transforms([(MAP_FRAME, BASE_FRAME, view.map_from_base)], stamp_ns)
            put(TF, stamp_ns + _DELAYS_NS[TF], moved, TF_MESSAGE)
            info = maker.camera_info(view.camera, stamp_ns)
            put('camera_info', stamp_ns + _DELAYS_NS['camera_info'], info, CAMERA_INFO)
            picture = maker.image(view.colour, stamp_ns, 'rgb8')
            put('image', stamp_ns + _DELAYS_NS['image'], picture, IMAGE)
            depth = maker.image(view.depth_mm, stamp_ns, '16UC1')
            put('depth', stamp_ns + _DELAYS_NS['depth'], depth, IMAGE)
            seen = maker.detections(view.regions, stamp_ns)
            put('detections', stamp_ns + _DETECTOR_NS, seen, DETECTIONS)
            mask = maker.image(np.ascontiguousarray(view.mask), stamp_ns, 'mono16')
            put('mask', stamp_ns + _MASK_NS, mask, IMAGE)
            on_frame(index + 1)
    return count
