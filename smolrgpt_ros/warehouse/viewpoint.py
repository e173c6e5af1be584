# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where a camera stands and what it sees of the hall."""

from __future__ import annotations

from enum import Enum

import numpy as np

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.warehouse.visibility import visible
from smolrgpt_ros.warehouse.world import World


class Viewpoint(str, Enum):
    """High under the roof as in the benchmark, or on a robot."""

    HIGH = 'high'
    ROBOT = 'robot'


def camera_pose(
    x: float, y: float, height_m: float, heading: float, pitch_down: float, roll: float = 0.0
) -> Pose:
    """Return world_from_camera of an optical frame (z forward, x right, y down).

    It looks along `heading`. Angles in radians; `pitch_down` is positive towards the floor.
    """
    ch, sh, cp, sp = np.cos(heading), np.sin(heading), np.cos(pitch_down), np.sin(pitch_down)
    forward = np.array([ch * cp, sh * cp, -sp])
    right = np.array([sh, -ch, 0.0])
    down = np.cross(forward, right)
    cr, sr = np.cos(roll), np.sin(roll)
    return Pose(
        np.column_stack([cr * right + sr * down, -sr * right + cr * down, forward]),
        np.array([x, y, height_m], float),
    )


def make_camera(
    width: int, height: int, horizontal_view: float, offset_px: tuple[float, float] = (0, 0)
) -> Camera:
    """Return a rectified pinhole camera; `horizontal_view` in radians."""
    focal = width / 2.0 / np.tan(horizontal_view / 2.0)
    return Camera(
        width,
        height,
        float(focal),
        float(focal),
        width / 2.0 - 0.5 + offset_px[0],
        height / 2.0 - 0.5 + offset_px[1],
    )


def sample_camera(rng: np.random.Generator, width: int, height: int) -> Camera:
    """Draw intrinsics: 58 to 82 degrees across, the principal point a little off the middle."""
    return make_camera(
        width,
        height,
        float(np.radians(rng.uniform(58.0, 82.0))),
        tuple((rng.normal(0, 0.006, 2) * width).tolist()),
    )


def _candidate(world: World, rng: np.random.Generator, viewpoint: Viewpoint) -> Pose:
    length, width, _ = world.size
    margin = 0.6 if viewpoint is Viewpoint.HIGH else 1.9
    x, y = rng.uniform((margin, margin), (length - margin, width - margin))
    aim = rng.uniform((0.3, 0.3), (0.7, 0.7)) * np.array([length, width])
    heading = float(np.arctan2(aim[1] - y, aim[0] - x))
    if viewpoint is Viewpoint.HIGH:
        height = float(rng.uniform(4.0, 8.0))
        pitch = float(np.radians(rng.uniform(28.0, 58.0)))
    else:
        height = float(rng.uniform(0.4, 1.5))
        pitch = float(np.radians(rng.uniform(2.0, 16.0) + 5.0 * (height - 0.4)))
    return camera_pose(x, y, height, heading, pitch, float(rng.normal(0, 0.012)))


def _free_of_things(world: World, pose: Pose, reach_m: float = 0.5) -> bool:
    """Not inside or right in front of something as high as the camera."""
    place = pose.translation
    ahead = place + 0.8 * pose.rotation[:, 2]
    for thing in world.things:
        if thing.class_id == 'buffer' or thing.centre[2] + thing.size[2] / 2.0 < place[2] - 0.25:
            continue
        if max(thing.inset_m(place[:2]), thing.inset_m(ahead[:2])) > -reach_m:
            return False
    return True


def _interest(world: World, camera: Camera, pose: Pose) -> float:
    """How much of a picture there is to ask about, from a thumbnail."""
    shrink = 96 / camera.width
    small = Camera(
        96,
        max(int(camera.height * shrink), 1),
        camera.fx * shrink,
        camera.fy * shrink,
        camera.cx * shrink,
        camera.cy * shrink,
    )
    seen = visible(world.surfaces, small, pose.inverse())
    counts = np.bincount(
        world.surfaces.instance[seen.surface.ravel()], minlength=len(world.things) + 1
    )[1:]
    number = {'buffer': 0, 'pallet': 0, 'transporter': 0, 'shelf': 0}
    for thing, count in zip(world.things, counts, strict=True):
        if thing.class_id in number and count >= 12:
            number[thing.class_id] += 1
    share = counts.max() / (small.width * small.height)
    return (
        2.0 * min(number['buffer'], 3)
        + min(number['pallet'], 5)
        + 1.5 * min(number['transporter'], 2)
        + 0.5 * min(number['shelf'], 2)
        - 10.0 * max(0.0, share - 0.3)
    )


def sample_viewpoint(
    world: World, rng: np.random.Generator, camera: Camera, viewpoint: Viewpoint, attempts: int = 16
) -> Pose:
    """Find a pose from which there is something to ask about: the best of some candidates."""
    best, best_interest = None, -np.inf
    for _ in range(attempts):
        pose = _candidate(world, rng, viewpoint)
        if not _free_of_things(world, pose):
            continue
        interest = _interest(world, camera, pose)
        if interest > best_interest:
            best, best_interest = pose, interest
        if best_interest >= 12.0:
            break
    while best is None:
        pose = _candidate(world, rng, viewpoint)
        if _free_of_things(world, pose, 0.1):
            best = pose
    return best


# How much each class adds to what there is to ask about, and how many of it count.
_WORTH = {'buffer': (2.0, 3), 'pallet': (1.0, 5), 'transporter': (1.5, 2), 'shelf': (0.5, 2)}
_REACH_M = (1.0, 16.0)


def likely_viewpoint(
    world: World, rng: np.random.Generator, camera: Camera, viewpoint: Viewpoint, attempts: int = 6
) -> Pose:
    """Find a pose that has much in front of it, hidden or not: much faster than looking."""
    kinds = np.array([thing.class_id for thing in world.things])
    centres = np.array([thing.centre for thing in world.things])
    candidates = [_candidate(world, rng, viewpoint) for _ in range(attempts)]
    poses = [pose for pose in candidates if _free_of_things(world, pose)]
    if not poses:
        return sample_viewpoint(world, rng, camera, viewpoint, 1)

    def worth(pose: Pose) -> float:
        x, y, z = pose.inverse().apply(centres).T
        ahead = (z > _REACH_M[0]) & (z < _REACH_M[1])
        z = np.where(ahead, z, 1.0)
        seen = ahead & (abs(x / z) < 0.45 * camera.width / camera.fx)
        seen &= abs(y / z) < 0.45 * camera.height / camera.fy
        return sum(
            weight * min(int(np.count_nonzero(seen & (kinds == kind))), most)
            for kind, (weight, most) in _WORTH.items()
        )

    return max(poses, key=worth)
