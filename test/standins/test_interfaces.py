# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The messages of the stand-ins are those of the real packages, to the bit on the wire."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from rclpy.serialization import deserialize_message, serialize_message
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose

# REP 2016 hashes of vision_msgs 4.1.1 and of nav2_msgs and tf2_msgs as in Kilted. A hash covers the
# types and names of all fields, in order, of a message and of all messages in it; nodes tell each
# other theirs.
TYPE_HASHES = {
    'vision_msgs/msg/Detection2DArray': (
        'RIHS01_214274120007f4a683866481336b70310268cfa107aebe9d594a6acf75bda968'
    ),
    'vision_msgs/msg/Detection3DArray': (
        'RIHS01_793f5eab9595ac1c0da07873cc859db42eae51f0ee76056db8562515d830e018'
    ),
    'nav2_msgs/action/NavigateToPose': (
        'RIHS01_a56dba8a3234a1215e610180dc703ae25bbf406dded8b54887891c9732857eab'
    ),
    'tf2_msgs/msg/TFMessage': (
        'RIHS01_e369d0f05a23ae52508854b66f6aa0437f3449d652e8cbf22d5abe85d020f087'
    ),
}


def type_description(name: str) -> Path | None:
    """Return the description that the build installs beside an interface (from Iron on)."""
    prefixes = os.environ['AMENT_PREFIX_PATH'].split(os.pathsep)
    files = [Path(prefix) / 'share' / f'{name}.json' for prefix in prefixes]
    return next((file for file in files if file.is_file()), None)


@pytest.mark.parametrize('name', TYPE_HASHES)
def test_type_hash(name):
    file = type_description(name)
    if file is None:
        pytest.skip(f'this ROS installs no type description of {name}')
    hashes = {
        entry['type_name']: entry['hash_string']
        for entry in json.loads(file.read_text())['type_hashes']
    }
    assert hashes[name] == TYPE_HASHES[name]


def test_a_detection_survives_the_wire():
    result = ObjectHypothesisWithPose()
    result.hypothesis.class_id = 'pallet'
    result.hypothesis.score = 0.75
    detection = Detection2D(id='pallet_3', results=[result])
    detection.bbox.center.position.x = 320.5
    detection.bbox.center.theta = 0.25
    detection.bbox.size_x = 64.0
    sent = Detection2DArray(detections=[detection])
    assert deserialize_message(serialize_message(sent), Detection2DArray) == sent
