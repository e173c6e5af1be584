# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A small hall whose true answers are known by construction.

The camera looks along +x from a height of 5.5 m, so that +y is left in the picture. Two square
buffers lie side by side: two pallets in the left one, one in the right one, one in the open, one on
a transporter; another transporter is empty.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np

from smolrgpt_ros.language.question import Category, Question, Reference
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.warehouse import objects
from smolrgpt_ros.warehouse.render import Frame, render
from smolrgpt_ros.warehouse.viewpoint import camera_pose, make_camera
from smolrgpt_ros.warehouse.world import World

SIZE = (16.0, 14.0, 9.0)


def hall_things() -> tuple:
    """The things of the hall, metres."""
    rng = np.random.default_rng(7)
    empty = objects.build_transporter('transporter_1', 10.0, 5.0, 0.3, rng, mast=False)
    loaded = objects.build_transporter('transporter_2', 10.2, 9.8, math.pi, rng, mast=False)
    return (
        objects.build_buffer('buffer_1', 6.0, 9.3, 0.0, 3.0, 3.2),
        objects.build_buffer('buffer_2', 6.0, 4.7, 0.0, 3.0, 3.2),
        objects.build_pallet('pallet_1', 5.3, 10.0, 0.0, rng, footprint=(1.2, 1.0), empty=False),
        objects.build_pallet('pallet_2', 6.8, 8.6, 0.2, rng, footprint=(1.2, 0.8), empty=False),
        objects.build_pallet('pallet_3', 6.0, 4.7, 0.1, rng, footprint=(1.2, 1.0), empty=False),
        objects.build_pallet('pallet_4', 9.0, 7.0, 0.0, rng, footprint=(1.1, 1.1), empty=False),
        empty,
        loaded,
        objects.load_of(loaded, 'pallet_5', rng),
    )


@cache
def hall_frame() -> Frame:
    """The hall as the high camera sees it."""
    camera = make_camera(640, 480, math.radians(75.0))
    return render(
        World(hall_things(), SIZE), camera, camera_pose(1.5, 7.0, 5.5, 0.0, math.radians(38.0))
    )


def thing(object_id: str) -> Reference:
    """A reference by id, or to the viewer."""
    if object_id == 'me':
        return Reference('me', viewer=True)
    return Reference(object_id, object_id=object_id)


def every(class_id: str) -> Reference:
    """A reference to all of a class."""
    return Reference(f'the {class_id}s', class_id=class_id, plural=True)


def ask(category: Category, *references: str | Reference, **details: object) -> Question:
    """A question in the form that parsing gives."""
    bound = tuple(thing(r) if isinstance(r, str) else r for r in references)
    return Question(f'{category.value} {details}', category, bound, **details)


def without_depth(scene: Scene) -> Scene:
    """The same picture without metres."""
    return replace(scene, depth=None)
