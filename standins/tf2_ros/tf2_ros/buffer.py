# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The transforms of the last seconds, for all threads."""

from __future__ import annotations

import threading
import time as wall_time
from typing import Any

from geometry_msgs.msg import TransformStamped
from rclpy.clock import Clock, JumpThreshold
from rclpy.duration import Duration
from rclpy.logging import get_logger
from rclpy.time import Time

from smolrgpt_ros.messages.frames.buffer import fault_of, read_transform
from smolrgpt_ros.messages.frames.exceptions import TransformException
from smolrgpt_ros.messages.frames.history import seconds
from smolrgpt_ros.messages.frames.rigid import Rigid
from smolrgpt_ros.messages.frames.tree import FrameTree

DEFAULT_CACHE_TIME = Duration(seconds=10)


class Buffer:
    """Keeps transforms for `cache_time` (10 s) and answers where one frame is in another.

    With a `node`, its clock is watched: when time jumps back, what moved before is forgotten.
    """

    def __init__(self, cache_time: Duration | None = None, node: Any = None) -> None:
        self._tree = FrameTree((cache_time or DEFAULT_CACHE_TIME).nanoseconds)
        self._changed = threading.Condition()
        self.clock = node.get_clock() if node else Clock()
        threshold = JumpThreshold(
            min_forward=None, min_backward=Duration(seconds=-1), on_clock_change=True
        )
        self.jump_handle = self.clock.create_jump_callback(
            threshold, post_callback=self._time_jumped
        )

    def set_transform(self, transform: TransformStamped, authority: str) -> None:
        """Add a moving transform; what is malformed or too old is logged and left out."""
        self._insert(transform, authority, is_static=False)

    def set_transform_static(self, transform: TransformStamped, authority: str) -> None:
        """Add a transform that holds at all times; what is malformed is logged and left out."""
        self._insert(transform, authority, is_static=True)

    def clear(self) -> None:
        """Forget all transforms but the static ones."""
        with self._changed:
            self._tree.clear()

    def lookup_transform(
        self, target_frame: str, source_frame: str, time: Time, timeout: Duration | None = None
    ) -> TransformStamped:
        """Return the transform that takes points of `source_frame` to `target_frame`.

        Args:
            target_frame: frame to transform into.
            source_frame: frame of the input.
            time: when; `Time()` for the latest time at which all of the way is known.
            timeout: how long to wait for it; not at all if left out.

        Raises:
            LookupException: an unknown frame, or a loop.
            InvalidArgumentException: a malformed frame name.
            ConnectivityException: no common ancestor.
            ExtrapolationException: outside of the times known.
        """
        self.can_transform(target_frame, source_frame, time, timeout)
        with self._changed:
            transform, stamp_ns = self._tree.look_up(target_frame, source_frame, time.nanoseconds)
        return _message(transform, stamp_ns, target_frame, source_frame)

    def lookup_transform_full(
        self,
        target_frame: str,
        target_time: Time,
        source_frame: str,
        source_time: Time,
        fixed_frame: str,
        timeout: Duration | None = None,
    ) -> TransformStamped:
        """Return the transform from `source_frame` at one time to `target_frame` at another.

        `fixed_frame` is the frame that is taken not to move in between. Waits and raises as
        `lookup_transform`.
        """
        deadline = wall_time.monotonic() + _seconds(timeout)
        self.can_transform(fixed_frame, source_frame, source_time, timeout)
        rest = Duration(seconds=max(0.0, deadline - wall_time.monotonic()))
        self.can_transform(target_frame, fixed_frame, target_time, rest)
        with self._changed:
            for role, frame in (
                ('target', target_frame),
                ('source', source_frame),
                ('fixed', fixed_frame),
            ):
                self._tree.check_frame(frame, f'lookupTransform argument {role}_frame')
            to_fixed, _ = self._tree.look_up(fixed_frame, source_frame, source_time.nanoseconds)
            to_target, stamp_ns = self._tree.look_up(
                target_frame, fixed_frame, target_time.nanoseconds
            )
        return _message(to_target @ to_fixed, stamp_ns, target_frame, source_frame)

    def can_transform(
        self,
        target_frame: str,
        source_frame: str,
        time: Time,
        timeout: Duration | None = None,
        return_debug_tuple: bool = False,
    ) -> bool | tuple[bool, str]:
        """Return whether `lookup_transform` would succeed, waiting for it up to `timeout`.

        With `return_debug_tuple` also why not. Transforms have to arrive in another thread
        meanwhile.
        """
        deadline = wall_time.monotonic() + _seconds(timeout)
        with self._changed:
            reason = self._why_not(target_frame, source_frame, time.nanoseconds)
            while reason is not None:
                rest_s = deadline - wall_time.monotonic()
                if rest_s <= 0.0 or not self._changed.wait(rest_s):
                    break
                reason = self._why_not(target_frame, source_frame, time.nanoseconds)
        return (reason is None, reason or '') if return_debug_tuple else reason is None

    def _why_not(self, target: str, source: str, stamp_ns: int) -> str | None:
        try:
            self._tree.look_up(target, source, stamp_ns)
        except TransformException as error:
            return str(error)
        return None

    def _insert(self, message: TransformStamped, authority: str, is_static: bool) -> None:
        child, sample = read_transform(message)
        fault, parent, transform = fault_of(child, sample), sample.parent, sample.transform
        if fault:
            get_logger('tf2').error(
                f'{fault}: Ignoring transform from "{parent}" to child_frame_id "{child}" '
                f'from authority '
                f'"{authority}": {transform.translation} {transform.rotation}'
            )
            return
        with self._changed:
            kept = self._tree.insert(child, sample, is_static)
            self._changed.notify_all()
        if not kept:
            get_logger('tf2').warning(
                f'TF_OLD_DATA ignoring data from the past for frame {child} at time '
                f'{seconds(sample.stamp_ns)} '
                f'according to authority {authority}'
            )

    def _time_jumped(self, _jump: object) -> None:
        get_logger('tf2_buffer').warning('Detected jump back in time. Clearing tf buffer.')
        self.clear()


def _message(transform: Rigid, stamp_ns: int, target: str, source: str) -> TransformStamped:
    result = TransformStamped()
    result.header.stamp = Time(nanoseconds=stamp_ns).to_msg()
    result.header.frame_id = target
    result.child_frame_id = source
    translation, rotation = result.transform.translation, result.transform.rotation
    translation.x, translation.y, translation.z = transform.translation
    rotation.x, rotation.y, rotation.z, rotation.w = transform.rotation
    return result


def _seconds(timeout: Duration | None) -> float:
    return timeout.nanoseconds * 1e-9 if timeout else 0.0
