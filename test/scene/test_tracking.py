# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One id for one object: hidden, moving, renumbered, unmeasured, and driven past."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_sightings import STEP_NS, at, fed

from smolrgpt_ros.scene.association import assigned
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.sighting import sightings_of
from smolrgpt_ros.scene.sightings import Sighting
from smolrgpt_ros.scene.tracking import Tracker, TrackingSettings
from smolrgpt_ros.warehouse.drive import drive
from smolrgpt_ros.warehouse.layout import generate_world
from smolrgpt_ros.warehouse.noise import SensorNoise, noisy_detections, with_noise
from smolrgpt_ros.warehouse.render import as_scene, render
from smolrgpt_ros.warehouse.viewpoint import make_camera


def test_counts_each_class_from_one_and_keeps_ids_whatever_the_order():
    tracker = Tracker()
    first = [at(3, 0), at(3, 3), at(5, -3, 'transporter')]
    assert tracker.update(1, first).ids == ('pallet_1', 'pallet_2', 'transporter_1')
    assert tracker.update(2, first[::-1]).ids == ('transporter_1', 'pallet_2', 'pallet_1')


@pytest.mark.parametrize(
    ('hidden_s', 'same'),
    [(0.5, True), (5.0, True), (29.0, True), (31.0, False)],
    ids=['a moment', 'seconds', 'just kept', 'forgotten'],
)
def test_an_id_outlives_occlusion_for_as_long_as_it_is_kept(hidden_s: float, same: bool):
    tracker = Tracker(TrackingSettings(keep_s=30.0))
    fed(tracker, [[at(3, 0), at(3, 3)]] * 5)
    fed(tracker, [[at(3, 3)]], first=6)
    (id, other) = tracker.update(int((0.5 + hidden_s) * 1e9), [at(3.1, 0.1), at(3, 3)]).ids
    assert id == ('pallet_1' if same else 'pallet_3')
    assert other == ('pallet_2' if hidden_s < 30 else 'pallet_4')


def test_a_neighbour_does_not_inherit_the_id_of_a_hidden_object():
    tracker = Tracker()
    fed(tracker, [[at(4, 0)]] * 10)
    assert tracker.update(11 * STEP_NS, [at(4, 1.8)]).ids == ('pallet_2',)
    assert tracker.update(12 * STEP_NS, [at(4, 0), at(4, 1.8)]).ids == ('pallet_1', 'pallet_2')


def test_follows_a_person_who_walks_behind_something():
    tracker = Tracker()
    walk = [[at(5, -2 + 0.12 * k, 'person')] for k in range(30)]
    assert {ids for tracked in fed(tracker, walk) for ids in tracked.ids} == {'person_1'}
    out = tracker.update(38 * STEP_NS, [at(5, -2 + 0.12 * 37, 'person')])
    assert out.ids == ('person_1',)
    (seen,) = tracker.memory(1.0)
    assert seen.position == pytest.approx([5, -2 + 0.12 * 37, 0.5], abs=0.25)


def test_follows_a_carried_pallet():
    tracker = Tracker()
    frames = [[at(5, -2 + 0.1 * k), at(5, 4)] for k in range(40)]
    assert {tracked.ids for tracked in fed(tracker, frames)} == {('pallet_1', 'pallet_2')}


def test_positions_are_smoothed_where_objects_stand():
    rng = np.random.default_rng(3)
    tracker = Tracker()
    frames = [[at(*(np.array([4.0, 1.0]) + rng.normal(0, 0.1, 2)))] for _ in range(50)]
    errors = []
    for k, frame in enumerate(frames):
        tracker.update((1 + k) * STEP_NS, frame)
        errors.append(np.linalg.norm(tracker.memory()[0].position[:2] - [4.0, 1.0]))
    assert np.sqrt(np.mean(np.square(errors[10:]))) < 0.6 * 0.1 * np.sqrt(2)


def test_a_wrong_depth_in_the_same_box_changes_no_id_and_hardly_the_position():
    tracker = Tracker()
    fed(tracker, [[at(4, 0)]] * 10)
    wrong = replace(at(4, 0), position=np.array([9.0, 0.0, 0.5]))
    assert tracker.update(11 * STEP_NS, [wrong]).ids == ('pallet_1',)
    assert np.linalg.norm(tracker.memory()[0].position - [4, 0, 0.5]) < 1.0
    assert tracker.update(12 * STEP_NS, [at(4, 0)]).ids == ('pallet_1',)


def test_appearance_decides_between_places_that_fit_alike():
    red, blue = np.eye(64)[0], np.eye(64)[1]
    tracker = Tracker()
    fed(tracker, [[at(4, -0.7, appearance=red), at(4, 0.7, appearance=blue)]] * 5)
    # Seen again later, both moved by half the distance between them.
    later = [at(4, 0, appearance=blue), at(4, 1.4, appearance=red)]
    assert tracker.update(100 * STEP_NS, later[:1]).ids == ('pallet_2',)


@pytest.mark.parametrize('moment', ['close', 'later'])
def test_a_class_holds_unless_the_box_stays(moment: str):
    tracker = Tracker()
    fed(tracker, [[at(4, 0)]] * 5)
    stamp = (6 if moment == 'close' else 60) * STEP_NS
    expected = 'pallet_1' if moment == 'close' else 'transporter_1'
    assert tracker.update(stamp, [at(4, 0, 'transporter')]).ids == (expected,)


def test_detections_without_depth_are_followed_by_their_boxes():
    tracker = Tracker()

    def bare(x: float) -> Sighting:
        return Sighting((x, 50.0, x + 40.0, 90.0), 'pallet')

    drift = [[bare(100 + 6 * k), bare(300 + 6 * k)] for k in range(10)]
    assert {tracked.ids for tracked in fed(tracker, drift)} == {('pallet_1', 'pallet_2')}
    assert tracker.memory()[0].position is None


def test_two_seconds_without_tf_lose_no_id():
    tracker = Tracker()
    measured = [at(4, 0), replace(at(4, 3), box_px=(100.0, 10.0, 150.0, 60.0))]
    bare = [replace(s, position=None, covariance=None, view=None) for s in measured]
    frames = [measured] * 5 + [bare] * 20 + [measured] * 5
    assert {tracked.ids for tracked in fed(tracker, frames)} == {('pallet_1', 'pallet_2')}


def test_five_hundred_detections_keep_their_ids():
    rng = np.random.default_rng(0)
    places = [(5.0 + 3.0 * i, 3.0 * j) for i in range(25) for j in range(20)]
    tracker = Tracker()
    frames = [
        [at(x + rng.normal(0, 0.05), y + rng.normal(0, 0.05)) for x, y in places] for _ in range(3)
    ]
    first, *later = [tracked.ids for tracked in fed(tracker, frames)]
    assert len(set(first)) == 500
    assert later == [first, first]


@pytest.mark.parametrize(
    ('costs', 'pairs'),
    [
        ([[1.0, 2.0], [0.5, 9.0]], [(0, 1), (1, 0)]),
        ([[1.0, np.inf], [np.inf, np.inf]], [(0, 0)]),
        ([[20.0]], []),
        ([[3.0], [1.0]], [(1, 0)]),
        (np.zeros((0, 3)), []),
        (np.zeros((3, 0)), []),
    ],
    ids=['least in total', 'impossible', 'above the gate', 'one track', 'nothing seen', 'no track'],
)
def test_assignment(costs, pairs):
    assert assigned(np.array(costs, float), 10.0) == pairs


def test_a_drive_past_real_measurements_switches_hardly_ever():
    world, camera = generate_world(1), make_camera(320, 240, float(np.radians(69.0)))
    noise, rng = SensorNoise(missed=0.25), np.random.default_rng(0)
    tracker, last = Tracker(), {}
    switches = seen = 0
    for k in range(40):
        pose: Pose = drive(world, 0.1 * k)
        frame = with_noise(render(world, camera, pose), rng, noise)
        regions = noisy_detections(frame, rng, noise, masks=False)
        scene = as_scene(frame, regions, with_relative_depth=False, in_world=True)
        sightings = sightings_of(scene, pose, detector_ids=('',) * len(regions))
        ids = tracker.update((1 + k) * STEP_NS, sightings).ids
        for region, id in zip(regions, ids, strict=True):
            switches += last.get(region.id, id) != id
            seen += 1
            last[region.id] = id
    assert seen > 60
    assert switches <= 0.02 * seen
