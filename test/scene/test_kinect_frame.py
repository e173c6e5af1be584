# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A real frame of a Kinect: things on a table and chairs, boxes drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.region import Region

# Boxes with the depth of the middle of what one sees of the object, read off the depth picture,
# metres.
OBJECTS = {
    'globe': ((57, 11, 162, 104), 2.14),
    'die': ((126, 197, 172, 243), 2.06),
    'magazine': ((238, 207, 305, 243), 2.30),
    'bag': ((468, 96, 546, 193), 2.53),
    'maroon chair': ((4, 262, 240, 478), 1.80),
    'yellow chair': ((373, 232, 531, 440), 2.15),
}


@pytest.fixture(scope='module')
def scene(shared_dir) -> Scene:
    folder = shared_dir / 'rgbd' / 'tum'
    regions = tuple(Region.from_box(box, (640, 480), id=name) for name, (box, _) in OBJECTS.items())
    return Scene(
        regions, (640, 480), colour=np.asarray(Image.open(folder / 'color.png').convert('RGB')),
        depth=DepthImage(np.asarray(Image.open(folder / 'depth.png')), 1.0 / 5000.0),
        camera=Camera(640, 480, 525.0, 525.0, 319.5, 239.5),
    )  # fmt: skip


def test_the_floor_lies_below_the_table(scene):
    assert scene.measurements.floor.offset_m == pytest.approx(1.78, abs=0.1)


@pytest.mark.parametrize('index', range(len(OBJECTS)), ids=list(OBJECTS))
def test_centres_agree_with_the_depth_picture(scene, index):
    (x0, y0, x1, y1), depth_m = list(OBJECTS.values())[index]
    centre = scene.measurements.of(index).centre_camera
    across = ((x0 + x1) / 2.0 - 319.5) / 525.0 * depth_m
    down = ((y0 + y1) / 2.0 - 239.5) / 525.0 * depth_m
    assert centre == pytest.approx([across, down, depth_m], abs=0.1)
