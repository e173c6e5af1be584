# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Detections as sightings: where they are, what they look like, with which ids."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from smolrgpt_ros.scene.appearance import appearance
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.geometry import NoDepthError
from smolrgpt_ros.scene.glance import views_of
from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.scene.sighting import sightings_of, with_ids
from smolrgpt_ros.scene.tracking import Tracker
from smolrgpt_ros.warehouse.drive import drive
from smolrgpt_ros.warehouse.layout import generate_world
from smolrgpt_ros.warehouse.render import as_scene, render
from smolrgpt_ros.warehouse.viewpoint import camera_pose, make_camera


def test_the_robots_turning_does_not_move_views():
    camera = make_camera(320, 240, 1.2)
    point = np.array([6.0, 1.0, 0.5])
    views = []
    for heading in (-0.3, 0.0, 0.4):
        pose = camera_pose(0.0, 0.0, 1.1, heading, 0.1)
        x, y = camera.project(pose.inverse().apply(point))
        views.append(views_of(np.array([[x - 15, y - 10, x + 15, y + 10]]), camera, pose)[0])
    assert views[0] == pytest.approx(views[1], abs=0.02)
    assert views[2] == pytest.approx(views[1], abs=0.02)


def test_appearance_is_of_the_box_and_nothing_else():
    colour = np.zeros((60, 80, 3), np.uint8)
    colour[10:40, 20:60] = (200, 30, 30)
    red = appearance(colour, Region((20.0, 10.0, 60.0, 40.0)))
    black = appearance(colour, Region((0.0, 45.0, 80.0, 60.0)))
    tiny = appearance(colour, Region((79.2, 59.2, 80.0, 60.0)))
    assert np.linalg.norm(red) == pytest.approx(1.0)
    assert red @ black == 0.0
    assert tiny @ black == pytest.approx(1.0)


def test_tracked_ids_cost_no_second_measurement():
    world, camera = generate_world(1), make_camera(320, 240, float(np.radians(69.0)))
    pose = drive(world, 2.0)
    scene = as_scene(render(world, camera, pose), masks=False)
    sightings = sightings_of(scene, pose, detector_ids=('',) * len(scene.regions))
    named = with_ids(scene, (*Tracker().update(1, sightings[:-1]).ids, ''))
    assert len(scene.regions) > 2
    assert named.regions[0].id.endswith('_1')
    assert named.regions[-1].id == scene.regions[-1].id
    for i, sighting in enumerate(sightings):
        measured = named.measurements.of(i)
        assert measured is scene.measurements.of(i)
        assert sighting.position == pytest.approx(pose.apply(measured.centre_camera))
        turned = pose.rotation @ np.diag(measured.stddev_camera**2) @ pose.rotation.T
        assert sighting.covariance == pytest.approx(turned)
    blind = replace(scene, depth=None)
    unnamed = with_ids(blind, [f'tracked_{i}' for i in range(len(blind.regions))])
    with pytest.raises(NoDepthError, match='tracked_0'):
        unnamed.measurements.of(0)


def test_quick_positions_are_on_what_is_seen():
    world, camera = generate_world(1), make_camera(320, 240, float(np.radians(69.0)))
    pose = drive(world, 2.0)
    frame = render(world, camera, pose)
    scene = as_scene(frame, masks=False)
    whole = [i for i, r in enumerate(scene.regions) if r.class_id in ('pallet', 'person')]
    assert len(whole) > 2
    for i, sighting in enumerate(sightings_of(scene, pose, quick=True)):
        thing = world.thing(sighting.id)
        x, y = camera.project(pose.inverse().apply(sighting.position))
        x0, y0, x1, y1 = sighting.box_px
        assert (x, y) == pytest.approx(((x0 + x1) / 2, (y0 + y1) / 2), abs=1e-6)
        if i in whole:
            away = np.linalg.norm(sighting.position[:2] - np.array(thing.centre[:2]))
            assert away < 1.5 * np.hypot(*thing.size[:2]) + 0.5, sighting.id
    holes = replace(scene, depth=DepthImage(np.zeros((240, 320), np.uint16), 0.001))
    assert all(s.position is None for s in sightings_of(holes, pose, quick=True))


@pytest.mark.parametrize('lacking', ['depth', 'camera', 'pose'])
def test_sightings_without_depth_or_tf_have_no_position(lacking: str):
    world, camera = generate_world(1), make_camera(320, 240, float(np.radians(69.0)))
    pose = drive(world, 2.0)
    scene = as_scene(render(world, camera, pose), masks=False)
    if lacking != 'pose':
        scene = replace(scene, **{lacking: None})
    sightings = sightings_of(scene, None if lacking == 'pose' else pose)
    assert all(s.position is None for s in sightings)
    assert [s.id for s in sightings] == [region.id for region in scene.regions]
    assert all((s.view is None) == (lacking != 'depth') for s in sightings)
