# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A real Kinect frame through the running node, as a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture
from robot import RELIABLE
from sensor_msgs.msg import CameraInfo, Image
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose

from smolrgpt_ros.ros.publishing import image_message
from smolrgpt_ros.ros.running import QUERY_NODE, Client, NodeProcess
from smolrgpt_ros.srv import SpatialQuery

FRAME = 'camera_rgb_optical_frame'
BOXES = {
    'globe': (57, 11, 162, 104),
    'die': (126, 197, 172, 243),
    'magazine': (238, 207, 305, 243),
    'bag': (468, 96, 546, 193),
    'maroon_chair': (4, 262, 240, 478),
    'yellow_chair': (373, 232, 531, 440),
}
# Medians over the objects' own surface, read in the depth picture by hand.
SURFACE_Z_M = {'globe': 2.13, 'die': 2.06, 'magazine': 2.32, 'bag': 2.51}
TOLERANCE_M = 0.10


def detections() -> Detection2DArray:
    message = Detection2DArray()
    for name, (x0, y0, x1, y1) in BOXES.items():
        detection = Detection2D(id=name)
        detection.bbox.center.position.x, detection.bbox.center.position.y = (
            (x0 + x1) / 2,
            (y0 + y1) / 2,
        )
        detection.bbox.size_x, detection.bbox.size_y = float(x1 - x0), float(y1 - y0)
        hypothesis = ObjectHypothesisWithPose()
        hypothesis.hypothesis.class_id, hypothesis.hypothesis.score = name.split('_')[-1], 1.0
        detection.results = [hypothesis]
        message.detections.append(detection)
    return message


def camera_info() -> CameraInfo:
    message = CameraInfo(width=640, height=480, distortion_model='plumb_bob', d=[0.0] * 5)
    message.k = [525.0, 0.0, 319.5, 0.0, 525.0, 239.5, 0.0, 0.0, 1.0]
    message.p = [525.0, 0.0, 319.5, 0.0, 0.0, 525.0, 239.5, 0.0, 0.0, 0.0, 1.0, 0.0]
    return message


@pytest.fixture(scope='module')
def client(shared_dir: Path, module_ros_domain: int) -> Iterator[Client]:
    """Asks a node that is shown the frame again and again, depth as 32FC1 metres."""
    folder = shared_dir / 'rgbd' / 'tum'
    colour = np.asarray(Picture.open(folder / 'color.png').convert('RGB'))
    metres = np.asarray(Picture.open(folder / 'depth.png')).astype(np.float32) / 5000
    messages = {
        'camera_info': (CameraInfo, camera_info()),
        'detections': (Detection2DArray, detections()),
        'depth': (Image, image_message(metres, 0, FRAME, '32FC1')),
        'image': (Image, image_message(colour, 0, FRAME)),
    }
    with (
        NodeProcess(QUERY_NODE, parameters={**RELIABLE, 'max_age': 5.0}) as process,
        Client('kinect', watch=(process,)) as asking,
    ):
        publishers = {
            name: asking.node.create_publisher(kind, name, 5)
            for name, (kind, _) in messages.items()
        }

        def publish() -> None:
            stamp = asking.node.get_clock().now().to_msg()
            for name, (_, message) in messages.items():
                message.header.stamp, message.header.frame_id = stamp, FRAME
                publishers[name].publish(message)

        asking.node.create_timer(0.2, publish)
        asking.activate()
        asking.wait_for_frame()
        yield asking


def answer(client: Client, question: str):
    response = client.ask(question)
    assert response.status == SpatialQuery.Response.OK, response.message
    return response.answer


def test_sides_are_as_seen(client: Client) -> None:
    assert answer(client, 'is the die left or right of the magazine?').normalized == 'left'
    assert answer(client, 'is the globe left or right of the bag?').normalized == 'left'


def test_the_bag_is_farther_than_the_die(client: Client) -> None:
    bag = answer(client, 'how far is the bag from me?').value
    assert bag > answer(client, 'how far is the die from me?').value + 0.1


@pytest.mark.parametrize('name', SURFACE_Z_M)
def test_centres_agree_with_the_depth_picture(client: Client, name: str) -> None:
    found = answer(client, f'where is {name}?').objects[0]
    x0, y0, x1, y1 = BOXES[name]
    z = SURFACE_Z_M[name]
    assert found.position.z == pytest.approx(z, abs=TOLERANCE_M)
    assert found.position.x == pytest.approx(((x0 + x1) / 2 - 319.5) / 525 * z, abs=TOLERANCE_M)
    assert found.position.y == pytest.approx(((y0 + y1) / 2 - 239.5) / 525 * z, abs=TOLERANCE_M)
