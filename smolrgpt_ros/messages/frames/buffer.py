# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A buffer of transforms without ROS, and how a transform message is read and judged."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from smolrgpt_ros.messages.conversions import nanoseconds_from, rotation_from_quaternion
from smolrgpt_ros.messages.frames.exceptions import TransformException
from smolrgpt_ros.messages.frames.history import Sample
from smolrgpt_ros.messages.frames.rigid import Rigid, normalised
from smolrgpt_ros.messages.frames.tree import FrameTree
from smolrgpt_ros.messages.transforms import UnknownTransformError
from smolrgpt_ros.scene.pose import Pose

KEPT_NS = 10_000_000_000
"""tf2's default cache time."""


class FrameBuffer:
    """Transforms of the last seconds; one thread uses it.

    Attributes:
        faults: what was wrong with transforms that were left out, by child frame.
    """

    def __init__(self, kept_ns: int = KEPT_NS) -> None:
        self._tree = FrameTree(kept_ns)
        self.faults: dict[str, str] = {}

    def add(self, transform: Any, *, is_static: bool) -> None:
        """Take a geometry_msgs/TransformStamped in; what is malformed or too old is left out."""
        child, sample = read_transform(transform)
        fault = fault_of(child, sample)
        if fault:
            self.faults[child] = fault
        else:
            self._tree.insert(child, sample, is_static)

    def look_up(self, target_frame: str, source_frame: str, stamp_ns: int) -> Pose:
        """``target_from_source`` at a stamp.

        Raises UnknownTransformError, and ValueError for numbers that are no transform.
        """
        try:
            found, _ = self._tree.look_up(target_frame, source_frame, stamp_ns)
        except TransformException as error:
            raise UnknownTransformError(str(error)) from error
        if not all(math.isfinite(value) for value in found.translation):
            raise ValueError(f'the translation is {list(found.translation)}, not finite')
        return Pose(rotation_from_quaternion(found.rotation), np.array(found.translation))

    def clear(self) -> None:
        """Forget all transforms but the static ones."""
        self._tree.clear()


def read_transform(message: Any) -> tuple[str, Sample]:
    """Child frame and place of a geometry_msgs/TransformStamped."""
    translation, rotation = message.transform.translation, message.transform.rotation
    transform = Rigid(
        (translation.x, translation.y, translation.z),
        normalised((rotation.x, rotation.y, rotation.z, rotation.w)),
    )
    parent = message.header.frame_id.removeprefix('/')
    stamp_ns = nanoseconds_from(message.header.stamp)
    return message.child_frame_id.removeprefix('/'), Sample(stamp_ns, parent, transform)


def fault_of(child: str, sample: Sample) -> str:
    """tf2's name for what is wrong with a transform; '' when nothing is."""
    if sample.parent == child:
        return 'TF_SELF_TRANSFORM'
    if not child:
        return 'TF_NO_CHILD_FRAME_ID'
    if not sample.parent:
        return 'TF_NO_FRAME_ID'
    parts = (*sample.transform.translation, *sample.transform.rotation)
    return 'TF_NAN_INPUT' if any(math.isnan(part) for part in parts) else ''
