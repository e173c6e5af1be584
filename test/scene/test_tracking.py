# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One id for one object: hidden, moving, renumbered, unmeasured, late, and driven past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smolrgpt_ros.scene.appearance import appearance
from smolrgpt_ros.scene.association import PairCosts, assigned, hidden_parts
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.geometry import NoDepthError
from smolrgpt_ros.scene.glance import views_of
from smolrgpt_ros.scene.motion import Motion, MotionModel, corrected, predicted
from smolrgpt_ros.scene.object_names import ObjectNames
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.scene.sighting import sightings_of, with_ids
from smolrgpt_ros.scene.sightings import Sighting
from smolrgpt_ros.scene.tracking import Tracked, Tracker, TrackingSettings
from smolrgpt_ros.warehouse.drive import drive
from smolrgpt_ros.warehouse.layout import generate_world
from smolrgpt_ros.warehouse.noise import SensorNoise, noisy_detections, with_noise
from smolrgpt_ros.warehouse.render import as_scene, render
from smolrgpt_ros.warehouse.viewpoint import camera_pose, make_camera

STEP_NS = 100_000_000
BOX = (10.0, 10.0, 60.0, 60.0)
SIZE = np.array([1.2, 1.0, 1.0])


def at(x: float, y: float, class_id: str = 'pallet', **more) -> Sighting:
    """A good measurement, seen from the origin of the fixed frame."""
    values = {
        'position': np.array([x, y, 0.5]), 'covariance': np.eye(3) * 0.01, 'size': SIZE,
        'view': np.array([np.arctan2(y, x), 0.0, 0.6 / np.hypot(x, y), 0.1]),
    }  # fmt: skip
    return Sighting(BOX, class_id, **{**values, **more})


def fed(tracker: Tracker, frames: Sequence[Sequence[Sighting]], first: int = 1) -> list[Tracked]:
    """What a tracker says to frames at 10 Hz."""
    return [tracker.update((first + k) * STEP_NS, frame) for k, frame in enumerate(frames)]


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


def sliver(y: float, *, of: float = 1.2, width_m: float = 0.1, **more) -> Sighting:
    """What shows at the picture's left border of an object whose middle is at (4, y)."""
    return at(
        4, y - (of - width_m) / 2.0, size=np.array([width_m, width_m, 1.0]), cut=True,
        beyond=np.array([0.0, 1.0, 0.0]), **more,
    )  # fmt: skip


@pytest.mark.parametrize('back', [0, 1], ids=['the nearer', 'the farther'])
def test_a_sliver_at_the_border_is_the_object_that_goes_on_behind_it(back: int):
    # Squares, 1.2 m apart: what shows lies as near to the middle of one as to the other's.
    whole = np.array([1.2, 1.2, 1.0])
    places = [0.0, 1.2]
    tracker = Tracker()
    fed(tracker, [[at(4, y, size=whole) for y in places]] * 20)
    seen = tracker.update(100 * STEP_NS, [sliver(places[back])])
    assert seen.ids == (f'pallet_{1 + back}',)
    after = {item.id: item.position for item in tracker.memory()}
    assert after[f'pallet_{1 + back}'] == pytest.approx([4, places[back], 0.5], abs=0.05)


def test_leaving_the_picture_moves_no_object():
    tracker = Tracker()
    fed(tracker, [[at(4, 0, size=np.array([1.2, 1.2, 1.0]))]] * 20)
    leaving = [[sliver(0.0, width_m=width_m)] for width_m in np.linspace(1.1, 0.05, 12)]
    assert {ids for tracked in fed(tracker, leaving, 21) for ids in tracked.ids} == {'pallet_1'}
    assert tracker.memory()[0].position == pytest.approx([4, 0, 0.5], abs=0.1)
    assert tracker.memory()[0].size[0] == pytest.approx(1.2, abs=0.05)


def test_what_is_not_seen_moves_a_centre_on_its_side_alone():
    whole, part = np.array([[[2.0, 2.0, 1.5]]]), np.array([[[0.5, 0.5, 1.0]]])
    costs = PairCosts(missing_share=0.2, beyond_share=0.4, up_share=0.5)
    moved, further = hidden_parts(part, whole, np.array([[0.0, -1.0, 0.0]]), costs)
    assert moved[0, 0] == pytest.approx([0.0, -0.75, 0.0])
    assert np.sqrt(further[0, 0]) == pytest.approx([0.6, 0.6, 0.25])
    moved, further = hidden_parts(part, whole, np.zeros((1, 3)), costs)
    assert not moved.any()
    assert np.sqrt(further[0, 0]) == pytest.approx([0.3, 0.3, 0.25])
    larger = hidden_parts(whole, part, np.array([[0.0, -1.0, 0.0]]), costs)
    assert not any(values.any() for values in larger)


@pytest.mark.parametrize(
    ('box_px', 'side'),
    [
        ((0, 50, 40, 90), -1.0),
        ((290, 50, 320, 90), 1.0),
        ((0, 50, 320, 90), None),
        ((20, 50, 90, 90), None),
        ((20, 50, 90, 240), None),
    ],
    ids=['left', 'right', 'both', 'neither', 'below'],
)
def test_objects_go_on_beside_the_picture(box_px: tuple[float, ...], side: float | None):
    world, camera = generate_world(1), make_camera(320, 240, float(np.radians(69.0)))
    pose = drive(world, 2.0)
    scene = as_scene(render(world, camera, pose), (Region(box_px, 'pallet'),))
    sighting = sightings_of(scene, pose, quick=True)[0]
    if side is None:
        assert sighting.beyond is None
    else:
        assert pose.rotation.T @ sighting.beyond == pytest.approx([side, 0.0, 0.0])


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


# Detectors that give ids.


def test_consistent_detector_ids_are_kept():
    tracker = Tracker()
    frames = [[at(4, 0, id='17'), at(4, 3, id='pallet_9'), at(6, 1)]] * 4
    assert {tracked.ids for tracked in fed(tracker, frames)} == {('17', 'pallet_9', 'pallet_10')}


def test_a_detectors_id_decides_where_positions_do_not():
    tracker = Tracker()
    fed(tracker, [[at(4, -0.4, id='a'), at(4, 0.4, id='b')]] * 10)
    swapped = [at(4, 0.1, id='a'), at(4, -0.1, id='b')]
    assert tracker.update(30 * STEP_NS, swapped).ids == ('a', 'b')


def test_an_id_that_jumps_is_overridden_and_said():
    tracker = Tracker()
    fed(tracker, [[at(4, 0, id='1'), at(4, 5, id='2')]] * 5)
    jumped = tracker.update(6 * STEP_NS, [at(4, 0, id='2'), at(4, 5, id='1')])
    assert jumped.ids == ('1', '2')
    assert "'2' has moved to another object" in ' '.join(jumped.notes)
    onto_new = tracker.update(7 * STEP_NS, [at(4, 0, id='2'), at(4, 5, id='3'), at(-6, 0, id='1')])
    assert onto_new.ids == ('1', '2', 'pallet_1')


def test_a_detector_that_starts_anew_changes_no_id():
    places = [(4, -6), (4, -3), (4, 0), (4, 3), (4, 6)]
    tracker, rng, first = Tracker(), np.random.default_rng(1), {}
    for k in range(60):
        if k % 10 == 0:
            numbers = rng.permutation(len(places))
        frame = [at(x, y, id=str(n)) for (x, y), n in zip(places, numbers, strict=True)]
        ids = tracker.update((1 + k) * STEP_NS, frame).ids
        assert ids == first.setdefault('ids', ids), f'frame {k}'


@pytest.mark.parametrize(
    ('asked', 'expected'),
    [
        ([('pallet', ''), ('pallet', '')], ['pallet_1', 'pallet_2']),
        ([('pallet', 'pallet_4'), ('pallet', '')], ['pallet_4', 'pallet_5']),
        ([('pallet', ''), ('pallet', 'pallet_1')], ['pallet_1', 'pallet_2']),
        ([('pallet', '7'), ('pallet', '7')], ['7', 'pallet_1']),
        ([('', ''), ('fork lift', '')], ['object_1', 'fork_lift_1']),
    ],
    ids=['counted', 'above a given number', 'a number given here', 'taken', 'odd classes'],
)
def test_names(asked: list[tuple[str, str]], expected: list[str]):
    names, taken = ObjectNames(), []
    for class_id, wanted in asked:
        taken.append(names.new(class_id, wanted, taken))
    assert taken == expected


# Memory, time and bounds.


def test_memory_tells_the_age_of_the_last_sighting():
    tracker = Tracker()
    tracker.update(1_000_000_000, [at(4, 0), at(4, 3)])
    tracker.update(3_500_000_000, [at(4, 3)])
    assert [(m.id, m.age_s) for m in tracker.memory()] == [('pallet_2', 0.0), ('pallet_1', 2.5)]
    assert [m.id for m in tracker.memory(2.0)] == ['pallet_2']
    assert tracker.memory(now_ns=4_000_000_000)[0].age_s == pytest.approx(0.5)
    assert tracker.memory()[1].position == pytest.approx([4, 0, 0.5])
    assert Tracker().memory() == ()


@pytest.mark.parametrize(
    ('back_s', 'ids', 'word'),
    [(0.0, ('pallet_1',), ''), (0.05, ('',), 'older'), (5.0, ('pallet_2',), '')],
    ids=['the same frame', 'late', 'time set back'],
)
def test_stamps_that_do_not_rise(back_s: float, ids: tuple[str, ...], word: str):
    tracker = Tracker()
    tracker.update(10_000_000_000, [at(4, 0)])
    again = tracker.update(10_000_000_000 - int(back_s * 1e9), [at(4, 0)])
    assert again.ids == ids
    assert word in again.ignored
    assert bool(again.ignored) == bool(word)
    if back_s == 5.0:
        assert 'set back by 5.000 s' in again.notes[0]


def test_another_frame_of_the_same_stamp_is_ignored_with_its_reason():
    tracker = Tracker()
    tracker.update(10, [at(4, 0)])
    other = tracker.update(10, [replace(at(4, 0), box_px=(0.0, 0.0, 5.0, 5.0))])
    assert other.ids == ('',)
    assert 'this stamp' in other.ignored


def test_a_late_frame_changes_nothing():
    tracker = Tracker()
    fed(tracker, [[at(4, 0)]] * 3)
    before = tracker.memory()[0]
    tracker.update(2 * STEP_NS + 1, [at(8, 8), at(4, 1)])
    (after,) = tracker.memory()
    assert (after.id, after.stamp_ns) == (before.id, before.stamp_ns)
    assert after.position == pytest.approx(before.position)


def test_reset_gives_no_id_twice():
    tracker = Tracker()
    tracker.update(5, [at(4, 0), at(4, 3)])
    tracker.reset()
    assert tracker.memory() == ()
    assert tracker.update(1, [at(4, 0)]).ids == ('pallet_3',)


def test_remembers_at_most_so_many():
    tracker = Tracker(TrackingSettings(most_tracks=10))
    for k in range(8):
        tracker.update((1 + k) * STEP_NS, [at(10 * k + 3.0 * i + 1.0, 50.0 * k) for i in range(4)])
    assert len(tracker.memory()) == 10
    assert tracker.memory()[0].age_s == 0.0


@pytest.mark.parametrize(
    'change',
    [
        {'position': np.array([np.nan, 0, 0])},
        {'position': np.array([np.inf, 0, 0])},
        {'position': np.zeros(2)},
        {'covariance': np.full((3, 3), np.nan)},
        {'covariance': -np.eye(3)},
        {'covariance': np.zeros((3, 3))},
        {'covariance': np.eye(2)},
        {'size': np.array([np.nan, 1, 1])},
        {'appearance': np.full(64, np.nan)},
        {'appearance': np.ones(5)},
        {'view': np.full(4, np.nan)},
        {'box_px': (np.nan, 0.0, 1.0, 1.0)},
        {'box_px': (5.0, 5.0, 5.0, 5.0)},
    ],
    ids=str,
)
def test_values_that_cannot_be_lose_neither_this_object_nor_others(change: dict):
    good = [at(4, 0, appearance=np.eye(64)[3]), at(4, 4, appearance=np.eye(64)[5])]
    tracker = Tracker()
    fed(tracker, [good] * 3)
    bad = replace(good[0], **change)
    assert tracker.update(4 * STEP_NS, [bad, good[1]]).ids == ('pallet_1', 'pallet_2')
    assert tracker.update(5 * STEP_NS, good).ids == ('pallet_1', 'pallet_2')


def test_a_detection_with_neither_box_nor_position_is_left_out_and_said():
    nothing = Sighting((np.nan,) * 4, 'pallet')
    tracked = Tracker().update(1, [nothing, at(4, 0)])
    assert tracked.ids == ('', 'pallet_1')
    assert 'detection 0 has neither' in tracked.notes[0]


def test_empty_frames_and_duplicates():
    tracker = Tracker()
    assert tracker.update(1, []).ids == ()
    twice = tracker.update(2, [at(4, 0, id='a'), at(4, 0, id='a')]).ids
    assert len(set(twice)) == 2
    assert tracker.update(3, []).ids == ()
    assert tracker.update(4, [at(4, 0, id='a')]).ids[0] in twice


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


coordinates = st.floats(-1e4, 1e4) | st.sampled_from([np.nan, np.inf, -np.inf])
anything = st.builds(
    Sighting,
    st.tuples(coordinates, coordinates, coordinates, coordinates),
    st.sampled_from(['pallet', 'person', '']),
    st.sampled_from(['', '1', 'pallet_1', 'pallet_2']),
    st.none() | st.lists(coordinates, min_size=3, max_size=3).map(np.array),
    st.none() | st.lists(coordinates, min_size=9, max_size=9).map(lambda v: np.reshape(v, (3, 3))),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**11), st.lists(anything, max_size=5)), max_size=6))
def test_whatever_comes_ids_are_unique_and_nothing_is_raised(frames):
    tracker = Tracker()
    for stamp_ns, frame in frames:
        tracked = tracker.update(stamp_ns, frame)
        given_ids = [id for id in tracked.ids if id]
        assert len(tracked.ids) == len(frame)
        assert len(set(given_ids)) == len(given_ids)
        assert len({m.id for m in tracker.memory()}) == len(tracker.memory())


# The parts.

MODEL = MotionModel(wander_m=0.0, speed_m_s=0.7, forget_s=1.3)


def some_motion(seed: int, count: int = 4) -> Motion:
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(count, 6, 6))
    joint = factors @ factors.transpose(0, 2, 1)
    return Motion(
        rng.normal(size=(count, 3)), rng.normal(size=(count, 3)),
        joint[:, :3, :3], joint[:, :3, 3:], joint[:, 3:, 3:],
    )  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.floats(0.0, 20.0), st.floats(0.0, 20.0))
def test_predicting_twice_is_predicting_once(seed: int, first_s: float, then_s: float):
    motion, speeds = some_motion(seed), np.array([0.7, 0.0, 0.7, 0.3])
    once = predicted(motion, np.full(4, first_s + then_s), speeds, MODEL)
    twice = predicted(
        predicted(motion, np.full(4, first_s), speeds, MODEL), np.full(4, then_s), speeds, MODEL
    )
    for a, b in zip(vars(once).values(), vars(twice).values(), strict=True):
        assert a == pytest.approx(b, rel=1e-6, abs=1e-6)


def test_correcting_is_the_textbook_filter_of_six_dimensions():
    motion, rng = some_motion(5), np.random.default_rng(6)
    measured, noise = rng.normal(size=(4, 3)), np.tile(np.diag([0.1, 0.2, 0.3]), (4, 1, 1))
    after = corrected(motion, measured, noise)
    watching = np.hstack([np.eye(3), np.zeros((3, 3))])
    for i in range(4):
        state = np.hstack([motion.position[i], motion.velocity[i]])
        joint = np.block([[motion.pp[i], motion.pv[i]], [motion.pv[i].T, motion.vv[i]]])
        gain = joint @ watching.T @ np.linalg.inv(watching @ joint @ watching.T + noise[i])
        state = state + gain @ (measured[i] - motion.position[i])
        joint = joint - gain @ watching @ joint
        assert np.hstack([after.position[i], after.velocity[i]]) == pytest.approx(state)
        assert after.pp[i] == pytest.approx(joint[:3, :3])
        assert after.pv[i] == pytest.approx(joint[:3, 3:])
        assert after.vv[i] == pytest.approx(joint[3:, 3:])


def test_what_stands_is_not_lost_however_long_it_is_hidden():
    model = MotionModel()
    motion = Motion.begun(np.zeros((1, 3)), np.eye(3)[None] * 0.01, np.zeros(1))
    later = predicted(motion, np.array([1e6]), np.zeros(1), model)
    assert later.pp[0, 0, 0] == pytest.approx(0.01 + model.wander_m**2)


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
