# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A scene: one moment as the robot saw it, immutable."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.region import Region

if TYPE_CHECKING:
    from smolrgpt_ros.scene.geometry import Measurements
    from smolrgpt_ros.scene.measured import Floor


@dataclass(frozen=True, eq=False)
class Scene:
    """One moment: picture, depth, camera, detections.

    Attributes:
        regions: the detections; everything else refers to them by their index here.
        size_px: (width, height) of the picture.
        colour: RGB uint8 (H, W, 3), possibly a view of a message's buffer; None where not known.
        depth: metric depth registered to the colour image; None where nothing metric is known.
        relative_depth: uint8 (H, W), the dataset's convention (near dark, far bright); None on a
            robot.
        camera: model of the colour camera; None where intrinsics are unknown.
        stamp_ns: time of the picture.
        frame_id: the camera's optical frame (z forward, x right, y down).
        target_from_camera: where the camera stands in `target_frame`; None: answers in the
            camera's frame.
        target_frame: name of the frame that planners want answers in.
        up_camera: unit vector (3,) against gravity in the camera frame when known from TF, else
            None.
        floor_hint: the floor of an earlier picture of the same camera, to be checked before one is
            searched for; None: search.
        viewer_camera: what 'me' means, (3,) metres in the camera frame; None: the camera itself.
    """

    regions: tuple[Region, ...]
    size_px: tuple[int, int]
    colour: np.ndarray | None = None
    depth: DepthImage | None = None
    relative_depth: np.ndarray | None = None
    camera: Camera | None = None
    stamp_ns: int = 0
    frame_id: str = ''
    target_from_camera: Pose | None = None
    target_frame: str = ''
    up_camera: np.ndarray | None = None
    viewer_camera: np.ndarray | None = None
    floor_hint: Floor | None = None

    @cached_property
    def measurements(self) -> Measurements:
        """What can be measured here; floor and regions are measured when first asked for, once."""
        from smolrgpt_ros.scene.geometry import Measurements

        return Measurements(self)

    @cached_property
    def derived(self) -> dict[Hashable, Any]:
        """What questions have found out about this scene, for the next ones.

        Nothing in it may refer to this very scene, only to its `twin`: a cycle would keep pictures
        until the garbage collector's oldest generation runs, hundreds of megabytes later.
        """
        return {}

    def twin(self, **changes: Any) -> Scene:
        """The same moment, with another target frame or viewer; what is measured is shared.

        Args:
            changes: fields that no measurement depends on.
        """
        twin = replace(self, **changes)
        # Where a cached property keeps its value.
        vars(twin)['measurements'] = self.measurements
        return twin
