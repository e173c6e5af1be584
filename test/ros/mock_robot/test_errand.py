# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An errand is the same each time, has one answer, and can be seen from its start."""

from __future__ import annotations

import math

import numpy as np
import pytest

from smolrgpt_ros.ros.mock_robot.errand import draw_errand, mock_camera
from smolrgpt_ros.warehouse import truth
from smolrgpt_ros.warehouse.render import detections, render


@pytest.mark.parametrize('seed', [1, 4])
def test_an_errand_has_one_answer_that_can_be_seen(seed: int):
    errand = draw_errand(seed)
    again = draw_errand(seed)
    assert (again.start, again.pallet_id, again.buffer_id) == (
        errand.start,
        errand.pallet_id,
        errand.buffer_id,
    )
    world = errand.world
    transporter = world.thing(errand.transporter_id)
    assert truth.is_empty(world, transporter)
    pallets = world.of_class('pallet')
    nearest = truth.pallet_to_pick_up(pallets, transporter)
    assert nearest is not None
    assert pallets[nearest].id == errand.pallet_id
    reach = sorted(math.dist(p.centre, transporter.centre) for p in pallets if not p.carried_by)
    assert len(reach) == 1 or reach[1] >= max(1.2 * reach[0], reach[0] + 0.4)
    assert not truth.is_inside(world.thing(errand.pallet_id), world.thing(errand.buffer_id))
    frame = render(world, mock_camera(), errand.start.map_from_camera)
    seen = {region.id for region in detections(frame, masks=False)}
    assert {errand.pallet_id, errand.buffer_id, errand.transporter_id} <= seen
    empty = [
        t.id for t in world.of_class('transporter') if truth.is_empty(world, t) and t.id in seen
    ]
    assert empty == [errand.transporter_id]
    assert np.isfinite((errand.start.x, errand.start.y, errand.start.yaw)).all()
