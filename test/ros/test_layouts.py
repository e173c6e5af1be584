# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The layouts of RViz and Foxglove show what the node has in the graph, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rclpy.qos import DurabilityPolicy
from robot import Robot

from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS

CONFIG = Path(__file__).resolve().parents[2] / 'config'
IMAGE, MARKERS = 'sensor_msgs/msg/Image', 'visualization_msgs/msg/MarkerArray'
ANSWER, REPORTS = 'smolrgpt_ros/msg/SpatialAnswer', 'diagnostic_msgs/msg/DiagnosticArray'
RVIZ_TYPES = {'MarkerArray': MARKERS, 'Image': IMAGE}
INFO = 'sensor_msgs/msg/CameraInfo'
CAMERAS = {
    CAMERA_TOPICS['image']: IMAGE,
    CAMERA_TOPICS['camera_info']: INFO,
}


def topics_of(robot: Robot) -> dict[str, str]:
    """Type by name, of the node and of the camera that the launch file expects."""
    found = dict(robot.tester.get_topic_names_and_types())
    return CAMERAS | {name: types[0] for name, types in found.items()}


def shown_by_foxglove() -> Iterator[tuple[str, str]]:
    """Topic and the type that its panel can show."""
    for name, panel in layout()['configById'].items():
        kind = name.partition('!')[0]
        if kind == '3D':
            yield from ((topic, MARKERS) for topic in panel['topics'])
        elif kind == 'Image':
            yield panel['imageMode']['imageTopic'], IMAGE
            if 'calibrationTopic' in panel['imageMode']:
                yield panel['imageMode']['calibrationTopic'], INFO
        elif kind == 'RawMessages':
            yield panel['topicPath'], ANSWER
        elif kind == 'DiagnosticSummary':
            yield panel['topicToRender'], REPORTS
        elif kind == 'Plot':
            for path in panel['paths']:
                topic, _, field = path['value'].partition('.')
                assert field in ('confidence', 'value', 'stddev')
                yield topic, ANSWER
        else:
            assert kind == 'CallService', f'{name} is not looked at here'


def layout() -> dict[str, Any]:
    return json.loads((CONFIG / 'foxglove.json').read_text())


def panels_in(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    else:
        yield from panels_in(node['first'])
        yield from panels_in(node['second'])


@pytest.fixture(scope='module')
def topics(robot: Robot) -> dict[str, str]:
    wanted = '/spatial_query/overlay'
    robot.wait_for(lambda: wanted in topics_of(robot), wanted)
    return topics_of(robot)


def test_foxglove_shows_topics_of_the_node(topics: dict[str, str]):
    shown = dict(shown_by_foxglove())
    assert {topic: topics.get(topic) for topic in shown} == shown
    assert {topic for topic in topics if topic.startswith('/spatial_query/')} >= {
        topic for topic in shown if topic.startswith('/spatial_query')
    }


def test_foxglove_places_every_panel_once():
    placed = list(panels_in(layout()['layout']))
    assert sorted(placed) == sorted(layout()['configById'])


def test_foxglove_asks_the_service_of_the_node(robot: Robot):
    (panel,) = (
        entry for name, entry in layout()['configById'].items() if name.startswith('CallService')
    )
    services = dict(robot.tester.get_service_names_and_types())
    assert services[panel['serviceName']] == ['smolrgpt_ros/srv/SpatialQuery']
    assert set(json.loads(panel['requestPayload'])) == {'question'}


def test_rviz_shows_topics_of_the_node_as_they_are_published(robot: Robot, topics: dict[str, str]):
    rviz = yaml.safe_load((CONFIG / 'warehouse.rviz').read_text())
    seen = set()
    for display in rviz['Visualization Manager']['Displays']:
        if 'Topic' not in display:
            continue
        topic = display['Topic']['Value']
        seen.add(topic)
        assert topics[topic] == RVIZ_TYPES[display['Class'].partition('/')[2]]
        if display['Topic']['Durability Policy'] == 'Transient Local':
            (publisher,) = robot.tester.get_publishers_info_by_topic(topic)
            assert publisher.qos_profile.durability is DurabilityPolicy.TRANSIENT_LOCAL
    assert seen == {
        '/spatial_query/markers',
        '/spatial_query/overlay',
        CAMERA_TOPICS['image'],
    }
