# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""TF at the picture's stamp, never at 'latest', with errors in words."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from smolrgpt_ros.messages.conversions import nanoseconds_from
from smolrgpt_ros.scene.pose import Pose

_RETRY_S = 0.005
_JUMP_BACK_NS = 10_000_000_000  # as long as tf2 keeps transforms
_IDENTITY = Pose(np.eye(3), np.zeros(3))


class UnknownTransformError(LookupError):
    """A buffer does not know (yet); the message says why."""


class TransformBuffer(Protocol):
    """Transforms over time, as tf2 keeps them."""

    def add(self, transform: Any, *, is_static: bool) -> None:
        """Take a geometry_msgs/TransformStamped in."""

    def look_up(self, target_frame: str, source_frame: str, stamp_ns: int) -> Pose:
        """``target_from_source`` at a stamp, without waiting.

        Raises UnknownTransformError, and ValueError for numbers that are no transform.
        """

    def clear(self) -> None:
        """Forget all transforms but the static ones."""


class NoTransformError(LookupError):
    """Two frames that TF does not connect at a stamp.

    The message names both, the stamp and what tf2 said.
    """


class Transforms:
    """What TF says, kept as long as its buffer keeps it.

    Attributes:
        newest_ns: newest stamp on /tf; None while nothing has arrived there.
    """

    def __init__(self, buffer: TransformBuffer) -> None:
        self._buffer = buffer
        self._statics: dict[str, Any] = {}
        self._newest_of_ns: dict[str, int] = {}
        self._restart = ''
        self.newest_ns: int | None = None

    def clear(self) -> None:
        """Time has jumped back: what TF said belongs to another run of time.

        Static transforms stay.
        """
        statics = self._statics
        self._buffer.clear()
        for transform in statics.values():
            self._buffer.add(transform, is_static=True)
        self._newest_of_ns.clear()
        self.newest_ns = None

    def restart_note(self) -> str:
        """What happened when the time of TF jumped back; said once."""
        note, self._restart = self._restart, ''
        return note

    def look_up(
        self,
        target_frame: str,
        source_frame: str,
        stamp_ns: int,
        *,
        timeout_s: float,
        refresh: Callable[[], None] = lambda: None,
    ) -> Pose:
        """``target_from_source`` at `stamp_ns`, waiting up to `timeout_s` for what is on its way.

        Args:
            refresh: takes what has arrived meanwhile.

        Raises:
            NoTransformError: TF does not know, or what it knows is no transform.
        """
        if target_frame == source_frame:
            return _IDENTITY
        ends = time.monotonic() + timeout_s
        while True:
            try:
                return self._buffer.look_up(target_frame, source_frame, stamp_ns)
            except UnknownTransformError as error:
                if time.monotonic() >= ends:
                    raise NoTransformError(
                        _sentence(target_frame, source_frame, stamp_ns, timeout_s, error)
                    ) from error
            except ValueError as error:
                raise NoTransformError(
                    f"the transform from '{source_frame}' to '{target_frame}' cannot be used: "
                    f'{error}'
                ) from error
            time.sleep(_RETRY_S)
            refresh()

    def add(self, message: Any) -> None:
        """Take a tf2_msgs/TFMessage of /tf in."""
        for transform in message.transforms:
            stamp_ns, child = nanoseconds_from(transform.header.stamp), transform.child_frame_id
            back_ns = self._newest_of_ns.get(child, stamp_ns) - stamp_ns
            if back_ns > _JUMP_BACK_NS:
                # A buffer takes nothing that is older than what it keeps: after one stamp from the
                # future it would take nothing until that time has come.
                self.clear()
                self._restart = (
                    f"the time of TF jumped back by {back_ns / 1e9:.3f} s at frame '{child}'; what "
                    'moved before was forgotten'
                )
            self._newest_of_ns[child] = max(self._newest_of_ns.get(child, 0), stamp_ns)
            self.newest_ns = max(self.newest_ns or 0, stamp_ns)
            self._buffer.add(transform, is_static=False)

    def add_static(self, message: Any) -> None:
        """Take a tf2_msgs/TFMessage of /tf_static in."""
        for transform in message.transforms:
            self._statics[transform.child_frame_id] = transform
            self._buffer.add(transform, is_static=True)


def _sentence(target: str, source: str, stamp_ns: int, timeout_s: float, error: Any) -> str:
    if not source:
        return (
            f"the picture's header has no frame_id, so nothing can be placed in '{target}'; set it "
            'in the camera driver'
        )
    return (
        f"no transform from '{source}' to '{target}' at the picture's stamp {stamp_ns / 1e9:.3f} "
        's after '
        f'{timeout_s:g} s: {str(error).rstrip(". ")}. Check that both frames are published and '
        'raise tf_timeout if TF '
        "lags behind, or set the parameter target_frame to '' for positions in the camera's frame"
    )
