# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Messages that belong together: one moment, not yet decoded."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from smolrgpt_ros.messages.stamped import Stamped


@dataclass(frozen=True, eq=False)
class FrameSet:
    """One matched set. Its stamp and frame are those of the colour picture.

    Attributes:
        mask: None where the node does not subscribe to it.
        depth_camera_info: newest one of the depth camera, None where the node has none.
    """

    image: Stamped
    depth: Stamped
    camera_info: Stamped
    detections: Stamped
    mask: Stamped | None = None
    depth_camera_info: Stamped | None = None

    @property
    def stamp_ns(self) -> int:
        """Time of the colour picture."""
        return self.image.stamp_ns

    @property
    def frame_id(self) -> str:
        """Optical frame of the colour camera."""
        return self.image.frame_id


class NewestFrame:
    """Holds the newest matched set, and no other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: FrameSet | None = None

    def put(self, frame_set: FrameSet) -> None:
        """Replace the newest set; an older one than what is held is left out."""
        with self._lock:
            if self._newest is None or frame_set.stamp_ns >= self._newest.stamp_ns:
                self._newest = frame_set

    def get(self) -> FrameSet | None:
        """The newest set, None before the first."""
        return self._newest

    def clear(self) -> None:
        """Let go of the pictures."""
        with self._lock:
            self._newest = None
