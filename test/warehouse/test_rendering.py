# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures against geometry worked out another way: rays, planes and boxes one at a time."""

from __future__ import annotations

import numpy as np
import pytest

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.warehouse import objects
from smolrgpt_ros.warehouse.coverage import coverage
from smolrgpt_ros.warehouse.layout import generate_world
from smolrgpt_ros.warehouse.render import (
    as_scene,
    depth_millimetres,
    detections,
    relative_depth,
    render,
)
from smolrgpt_ros.warehouse.viewpoint import (
    Viewpoint,
    camera_pose,
    make_camera,
    sample_camera,
    sample_viewpoint,
)
from smolrgpt_ros.warehouse.world import Cuboid, Ellipsoid, Thing, World

SIZE = (12.0, 10.0, 6.0)
CAMERA = Camera(160, 120, 130.0, 128.0, 78.3, 61.2)
POSE = camera_pose(2.0, 4.0, 2.5, 0.2, 0.5, 0.05)


def box_thing(x, y, size, yaw=0.3, bottom=0.0, thing_id='pallet_1', class_id='pallet') -> Thing:
    centre = (x, y, bottom + size[2] / 2.0)
    return Thing(thing_id, class_id, centre, size, yaw, (Cuboid(centre, size, yaw),))


def rays_world(camera: Camera, pose) -> np.ndarray:
    u, v = np.meshgrid(np.arange(camera.width), np.arange(camera.height))
    rays = np.stack(
        [(u - camera.cx) / camera.fx, (v - camera.cy) / camera.fy, np.ones(u.shape)], -1
    )
    return rays @ pose.rotation.T


def depth_to_box(thing: Thing, camera: Camera, pose) -> np.ndarray:
    """z of the first hit with an oriented box by the slab method; inf where there is none."""
    origin = (pose.translation - np.array(thing.centre)) @ thing.rotation
    rays = rays_world(camera, pose) @ thing.rotation
    half = np.array(thing.size) / 2.0
    with np.errstate(divide='ignore', invalid='ignore'):
        near, far = np.sort(np.stack([(-half - origin) / rays, (half - origin) / rays]), axis=0)
    near, far = near.max(axis=-1), far.min(axis=-1)
    return np.where((near <= far) & (near > 0), near, np.inf)


def depth_to_hall(camera: Camera, pose) -> np.ndarray:
    rays = rays_world(camera, pose)
    with np.errstate(divide='ignore'):
        hits = np.where(
            rays > 0, (np.array(SIZE) - pose.translation) / rays, -pose.translation / rays
        )
    return np.where(hits > 0, hits, np.inf).min(axis=-1)


def test_empty_hall_is_its_planes():
    frame = render(World((), SIZE), CAMERA, POSE)
    np.testing.assert_allclose(frame.depth_m, depth_to_hall(CAMERA, POSE), rtol=1e-5)
    assert not frame.instance.any()
    assert frame.colour.shape == (120, 160, 3)


@pytest.mark.parametrize(
    'pose',
    [POSE, camera_pose(6.0, 8.5, 5.0, -1.7, 0.9), camera_pose(5.2, 3.0, 0.4, 0.4, 0.0, -0.1)],
    ids=['robot', 'high', 'low'],
)
def test_boxes_are_where_rays_hit_them(pose):
    things = (
        box_thing(6.0, 4.5, (1.2, 1.0, 1.1)),
        box_thing(7.2, 5.1, (1.2, 0.8, 0.7), yaw=-0.9, thing_id='pallet_2'),
        box_thing(6.8, 3.4, (0.6, 0.6, 0.5), bottom=1.0, thing_id='pallet_3'),
    )
    frame = render(World(things, SIZE), CAMERA, pose)
    depths = np.stack(
        [depth_to_hall(CAMERA, pose), *(depth_to_box(t, CAMERA, pose) for t in things)]
    )
    expected, nearest = depths.min(axis=0), depths.argmin(axis=0)
    same = frame.instance == nearest
    # Pixels on an edge may fall to either side.
    assert same.mean() > 0.995
    assert {1, 2, 3} <= set(np.unique(frame.instance))
    np.testing.assert_allclose(frame.depth_m[same], expected[same], rtol=2e-4)


def test_object_around_the_camera_plane_is_clipped_right():
    """A beam that starts behind the camera and ends in front of it."""
    beam = box_thing(2.5, 4.6, (6.0, 0.3, 0.2), yaw=0.2, bottom=1.9)
    frame = render(World((beam,), SIZE), CAMERA, POSE)
    expected = depth_to_box(beam, CAMERA, POSE)
    seen = frame.instance == 1
    assert seen.sum() > 200
    assert (seen == np.isfinite(expected)).mean() > 0.99
    both = seen & np.isfinite(expected)
    np.testing.assert_allclose(frame.depth_m[both], expected[both], rtol=1e-3)


def test_ellipsoid_is_where_rays_hit_it():
    centre, radii = np.array([6.0, 4.4, 1.0]), np.array([0.3, 0.5, 0.9])
    person = Thing(
        'person_1', 'person', (6.0, 4.4, 1.0), (0.6, 1.0, 1.8), 0.4,
        ellipsoids=(Ellipsoid((6.0, 4.4, 1.0), (0.3, 0.5, 0.9), 0.4),),
    )  # fmt: skip
    frame = render(World((person,), SIZE), CAMERA, POSE)
    origin = (POSE.translation - centre) @ person.rotation / radii
    rays = rays_world(CAMERA, POSE) @ person.rotation / radii
    a, b, c = (rays**2).sum(-1), rays @ origin, origin @ origin - 1.0
    inside = b * b - a * c
    expected = (-b - np.sqrt(np.maximum(inside, 0))) / a
    assert ((inside > 0) == (frame.instance == 1)).mean() > 0.999
    seen = (frame.instance == 1) & (inside > 0)
    assert seen.sum() > 300
    np.testing.assert_allclose(frame.depth_m[seen], expected[seen], rtol=1e-4)


def test_buffer_is_its_rectangle_minus_what_covers_it():
    buffer = objects.build_buffer('buffer_1', 6.0, 4.5, 0.2, 3.0, 2.0)
    pallet = box_thing(6.1, 4.4, (1.2, 1.0, 0.8))
    frame = render(World((buffer, pallet), SIZE), CAMERA, POSE)
    rays = rays_world(CAMERA, POSE)
    with np.errstate(divide='ignore', invalid='ignore'):
        reach = np.where(rays[..., 2] < 0, -POSE.translation[2] / rays[..., 2], np.nan)
    ground = POSE.translation[:2] + reach[..., None] * rays[..., :2]
    inside = (np.abs(buffer.to_local(ground)) <= [1.5, 1.0]).all(axis=-1)
    free = ~np.isfinite(depth_to_box(pallet, CAMERA, POSE))
    assert (frame.mask(0) == (inside & free)).mean() > 0.995
    on_floor = frame.mask(0)
    np.testing.assert_allclose(frame.depth_m[on_floor], reach[on_floor], rtol=1e-4)


def test_camera_outside_of_the_hall_is_refused():
    with pytest.raises(ValueError, match='outside of the hall'):
        render(World((), SIZE), CAMERA, camera_pose(-1.0, 4.0, 2.0, 0.0, 0.3))


@pytest.mark.parametrize('viewpoint', list(Viewpoint))
@pytest.mark.parametrize('seed', range(3))
def test_world_points_behind_pixels_lie_in_their_boxes(seed, viewpoint):
    """Masks agree with depth: what is seen of a thing lies in the thing's true oriented box."""
    world, rng = generate_world(seed), np.random.default_rng(seed)
    camera = sample_camera(rng, 200, 150)
    pose = sample_viewpoint(world, rng, camera, viewpoint)
    frame = render(world, camera, pose)
    points = rays_world(camera, pose) * frame.depth_m[..., None] + pose.translation
    for index, thing in enumerate(world.things):
        if not thing.class_id or not frame.areas_px[index]:
            continue
        local = (points[frame.mask(index)] - np.array(thing.centre)) @ thing.rotation
        # Arms and feet of walkers swing past the box a little.
        slack = 0.25 if thing.class_id == 'person' else 0.01
        assert (np.abs(local) <= np.array(thing.size) / 2.0 + slack).all(), thing.id


def test_same_seed_same_picture():
    def picture():
        world, rng = generate_world(4), np.random.default_rng(4)
        camera = sample_camera(rng, 160, 120)
        return render(world, camera, sample_viewpoint(world, rng, camera, Viewpoint.ROBOT))

    first, second = picture(), picture()
    np.testing.assert_array_equal(first.colour, second.colour)
    np.testing.assert_array_equal(first.depth_m, second.depth_m)
    np.testing.assert_array_equal(first.instance, second.instance)
    assert [t.id for t in first.world.things] == [t.id for t in second.world.things]


def test_detections_are_the_masks_bounds():
    world, camera = generate_world(2), make_camera(320, 240, 1.2)
    pose = sample_viewpoint(world, np.random.default_rng(2), camera, Viewpoint.HIGH)
    frame = render(world, camera, pose)
    regions = detections(frame)
    assert len({region.id for region in regions}) == len(regions) >= 5
    for region in regions:
        rows, columns = np.nonzero(region.mask)
        expected = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        assert region.box_px == expected
        assert world.thing(region.id).class_id == region.class_id
    assert all(region.mask is None for region in detections(frame, masks=False))
    total = sum(region.mask.astype(int) for region in regions)
    assert total.max() == 1


def test_things_out_of_sight_have_no_box():
    frame = render(World((box_thing(1.0, 1.0, (1.0, 1.0, 1.0)),), SIZE), CAMERA, POSE)
    assert not frame.mask(0).any()
    with pytest.raises(ValueError, match='pallet_1 is not visible'):
        frame.box_px(0)


def test_coverage_of_free_hidden_and_cut_things():
    free = box_thing(6.0, 4.5, (1.0, 1.0, 1.0))
    wall = box_thing(5.0, 3.0, (0.2, 1.6, 2.2), yaw=0.0, thing_id='pallet_2')
    hidden = box_thing(7.0, 2.8, (0.6, 0.6, 0.4), thing_id='pallet_3')
    cut = box_thing(6.0, 6.4, (1.5, 1.5, 1.5), yaw=0.0, thing_id='pallet_4')
    frame = render(
        World((free, wall, hidden, cut), SIZE), CAMERA, camera_pose(2.0, 4.0, 1.5, 0.0, 0.2)
    )
    shares = coverage(frame)
    assert shares[0].visible > 0.97
    assert shares[0].inside == 1.0
    assert shares[2].visible < 0.5
    assert shares[2].inside == 1.0
    assert 0.2 < shares[3].inside < 0.98
    assert shares[3].visible == pytest.approx(shares[3].inside, abs=0.05)


def test_depth_conventions():
    depth_m = np.array([[1.0, 2.0], [np.nan, 3.0]], np.float32)
    np.testing.assert_array_equal(depth_millimetres(depth_m), [[1000, 2000], [0, 3000]])
    np.testing.assert_array_equal(relative_depth(depth_m), [[0, 128], [0, 255]])
    far = np.array([[70.0, np.inf, 0.0001]], np.float32)
    np.testing.assert_array_equal(depth_millimetres(far), [[0, 0, 0]])
    assert relative_depth(np.full((2, 2), np.nan, np.float32)).max() == 0


def test_scene_of_a_frame():
    frame = render(World((box_thing(6.0, 4.5, (1.0, 1.0, 1.0)),), SIZE), CAMERA, POSE)
    scene = as_scene(frame, masks=False, stamp_ns=5, in_world=True)
    assert scene.size_px == (160, 120)
    assert scene.stamp_ns == 5
    assert scene.camera == CAMERA
    assert [region.id for region in scene.regions] == ['pallet_1']
    np.testing.assert_allclose(scene.depth.metres(), frame.depth_m, atol=6e-4)
    # Up in the camera frame turns into the world's z.
    np.testing.assert_allclose(POSE.rotation @ scene.up_camera, [0, 0, 1], atol=1e-12)
