# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One picture of a world: colour, exact depth, who is where, and what a detector says of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import ndimage

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.warehouse.shading import shade
from smolrgpt_ros.warehouse.visibility import visible
from smolrgpt_ros.warehouse.world import Thing, World

# What a detector would still report, pixels of a 640 pixel wide picture (scaled with the area).
MIN_AREA_PX = 90.0


@dataclass(frozen=True, eq=False)
class Frame:
    """A rendered picture.

    Attributes:
        world: what was rendered.
        colour: RGB uint8 (H, W, 3).
        depth_m: float32 (H, W), along the optical axis, NaN where a noisy sensor measured nothing.
        instance: int32 (H, W), index of the thing + 1, 0 for the hall; a buffer without what covers
            it.
        world_from_camera: pose of the optical frame.
    """

    world: World
    colour: np.ndarray
    depth_m: np.ndarray
    instance: np.ndarray
    camera: Camera
    world_from_camera: Pose

    @cached_property
    def _slices(self) -> list[tuple[slice, slice] | None]:
        return ndimage.find_objects(self.instance, max_label=len(self.world.things))

    @cached_property
    def areas_px(self) -> np.ndarray:
        """(N,) visible pixels of each thing."""
        return np.bincount(
            self.instance.ravel().astype(np.intp), minlength=len(self.world.things) + 1
        )[1:]

    def box_px(self, index: int) -> tuple[float, float, float, float]:
        """Bounds of the visible part of thing `index`."""
        place = self._slices[index]
        if place is None:
            raise ValueError(
                f'{self.world.things[index].id or "thing"} is not visible in this picture'
            )
        rows, columns = place
        return float(columns.start), float(rows.start), float(columns.stop), float(rows.stop)

    def mask(self, index: int) -> np.ndarray:
        """Bool (H, W): the visible part of thing `index`."""
        mask = np.zeros(self.instance.shape, bool)
        place = self._slices[index]
        if place is not None:
            np.equal(self.instance[place], index + 1, out=mask[place])
        return mask

    def centre_camera(self, thing: Thing) -> np.ndarray:
        """(3,) true centre of a thing in the camera frame, metres."""
        return self.world_from_camera.inverse().apply(np.array(thing.centre))


def render(world: World, camera: Camera, world_from_camera: Pose) -> Frame:
    """Take a picture of the world; the camera stands inside of the hall and is rectified.

    Raises:
        ValueError: the camera stands outside of the hall.
    """
    place = world_from_camera.translation
    if (place <= 0.0).any() or (place >= np.array(world.size)).any():
        raise ValueError(
            f'camera at {place.round(2).tolist()} m stands outside of the hall of {world.size} m'
        )
    seen = visible(world.surfaces, camera, world_from_camera.inverse())
    colour = shade(world.surfaces, seen, camera, world_from_camera)
    instance = np.take(world.surfaces.instance, seen.surface.astype(np.intp), mode='clip')
    return Frame(
        world, colour, np.float32(1.0) / seen.inverse_depth, instance, camera, world_from_camera
    )


def detected_things(frame: Frame, classes: tuple[str, ...] = ()) -> list[int]:
    """List the indices of the things large enough in the picture to be detected."""
    least = MIN_AREA_PX * (frame.camera.width / 640.0) ** 2
    return [
        index
        for index, thing in enumerate(frame.world.things)
        if thing.class_id
        and frame.areas_px[index] >= least
        and (not classes or thing.class_id in classes)
    ]


def detections(frame: Frame, *, masks: bool = True) -> tuple[Region, ...]:
    """Report as a perfect detector does: boxes of what is visible, class, id, maybe masks."""
    return tuple(
        Region(
            frame.box_px(index),
            frame.world.things[index].class_id,
            1.0,
            frame.world.things[index].id,
            frame.mask(index) if masks else None,
        )
        for index in detected_things(frame)
    )


def depth_millimetres(depth_m: np.ndarray) -> np.ndarray:
    """Depth as 16UC1: uint16 millimetres, 0 where nothing was measured or it does not fit."""
    with np.errstate(invalid='ignore'):
        millimetres = np.rint(depth_m * 1000.0)
        return np.where((millimetres > 0) & (millimetres < 65536), millimetres, 0).astype(np.uint16)


def relative_depth(depth_m: np.ndarray) -> np.ndarray:
    """Map depth to the benchmark's 8 bits: the picture's range, linear in z, near dark."""
    known = np.isfinite(depth_m)
    if not known.any():
        return np.zeros(depth_m.shape, np.uint8)
    low, high = float(depth_m[known].min()), float(depth_m[known].max())
    scaled = (np.where(known, depth_m, low) - low) * (255.0 / max(high - low, 1e-6))
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


def as_scene(
    frame: Frame,
    regions: tuple[Region, ...] | None = None,
    *,
    masks: bool = True,
    with_relative_depth: bool = True,
    stamp_ns: int = 0,
    in_world: bool = False,
) -> Scene:
    """Return a frame as engines take it: depth in millimetres as a camera delivers it.

    Args:
        regions: detections; by default those of a perfect detector, as masks or boxes.
        in_world: also tell where the camera stands and where up is, as TF does on a robot.
    """
    return Scene(
        regions=detections(frame, masks=masks) if regions is None else regions,
        size_px=(frame.camera.width, frame.camera.height),
        colour=frame.colour,
        depth=DepthImage(depth_millimetres(frame.depth_m), 0.001),
        relative_depth=relative_depth(frame.depth_m) if with_relative_depth else None,
        camera=frame.camera,
        stamp_ns=stamp_ns,
        frame_id='camera_color_optical_frame',
        target_from_camera=frame.world_from_camera if in_world else None,
        target_frame='map' if in_world else '',
        up_camera=frame.world_from_camera.rotation[2].copy() if in_world else None,
    )
