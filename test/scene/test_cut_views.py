# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What shows at the picture's border is a part of what goes on behind it."""

from __future__ import annotations

import numpy as np
import pytest
from made_sightings import STEP_NS, at, fed

from smolrgpt_ros.scene.association import PairCosts, hidden_parts
from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.scene.sighting import sightings_of
from smolrgpt_ros.scene.sightings import Sighting
from smolrgpt_ros.scene.tracking import Tracker
from smolrgpt_ros.warehouse.drive import drive
from smolrgpt_ros.warehouse.layout import generate_world
from smolrgpt_ros.warehouse.render import as_scene, render
from smolrgpt_ros.warehouse.viewpoint import make_camera


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
