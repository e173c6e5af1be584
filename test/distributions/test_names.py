# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Names of ROS that the package uses: those that every distribution from Humble on has.

The list was compared with the sources of rclpy 3.3 (Humble), 7.1 (Jazzy) and 9.1 (Kilted), of
launch_ros 0.19 and 0.26, message_filters 4.3 and 4.11, and tf2_ros_py 0.25. A new name has to be
looked up there before it is added; where one of them lacks it, it belongs into
smolrgpt_ros/distribution.py.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    *sorted((ROOT / 'smolrgpt_ros').rglob('*.py')),
    *sorted((ROOT / 'launch').glob('*.py')),
]
ASKS_THE_DISTRIBUTION = ROOT / 'smolrgpt_ros' / 'distribution.py'

EVERYWHERE = {
    'launch': {'LaunchDescription'},
    'launch.actions': {
        'DeclareLaunchArgument', 'IncludeLaunchDescription', 'OpaqueFunction',
    },
    'launch.conditions': {'IfCondition', 'UnlessCondition'},
    'launch.launch_description_sources': {'PythonLaunchDescriptionSource'},
    'launch.substitutions': {'LaunchConfiguration'},
    'launch_ros.actions': {'Node'},
    'launch_ros.parameter_descriptions': {'ParameterValue'},
    'message_filters': {'ApproximateTimeSynchronizer', 'SimpleFilter'},
    'rclpy': {'create_node', 'init', 'ok', 'shutdown', 'spin', 'try_shutdown'},
    'rclpy.action': {'ActionClient', 'ActionServer', 'CancelResponse', 'GoalResponse'},
    'rclpy.action.server': {'ServerGoalHandle'},
    'rclpy.callback_groups': {
        'CallbackGroup', 'MutuallyExclusiveCallbackGroup', 'ReentrantCallbackGroup',
    },
    'rclpy.clock': {'Clock', 'ClockType', 'JumpThreshold', 'ROSClock', 'TimeJump'},
    'rclpy.context': {'Context'},
    'rclpy.duration': {'Duration'},
    'rclpy.executors': {
        'ExternalShutdownException', 'MultiThreadedExecutor', 'SingleThreadedExecutor',
    },
    'rclpy.guard_condition': {'GuardCondition'},
    'rclpy.impl.implementation_singleton': {'rclpy_implementation'},
    'rclpy.lifecycle': {'LifecycleNode', 'LifecycleState', 'TransitionCallbackReturn'},
    'rclpy.logging': {'get_logger'},
    'rclpy.node': {'Node'},
    'rclpy.parameter': {'Parameter'},
    'rclpy.qos': {
        'DurabilityPolicy', 'HistoryPolicy', 'LivelinessPolicy', 'QoSCompatibility', 'QoSProfile',
        'ReliabilityPolicy', 'qos_check_compatible', 'qos_profile_sensor_data',
    },
    'rclpy.serialization': {'deserialize_message', 'serialize_message'},
    'rclpy.signals': {'SignalHandlerOptions'},
    'rclpy.subscription': {'Subscription'},
    'rclpy.task': {'Future'},
    'rclpy.time': {'Time'},
    'rclpy.timer': {'Timer'},
    'rclpy.topic_endpoint_info': {'TopicEndpointInfo'},
    'rclpy.utilities': {'remove_ros_args'},
    'tf2_ros': {
        'Buffer', 'StaticTransformBroadcaster', 'TransformBroadcaster', 'TransformException',
        'TransformListener',
    },
}  # fmt: skip
PACKAGES = ('launch', 'launch_ros', 'message_filters', 'rclpy', 'tf2_ros')


def names_that_may_be_missing(text: str) -> Iterator[str]:
    """Names of ROS in a source text that are not known to be everywhere, with their lines."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or '').split('.')[0] in PACKAGES:
            known = EVERYWHERE.get(node.module or '', set())
            for alias in node.names:
                if alias.name not in known:
                    yield f'line {node.lineno}: {node.module}.{alias.name}'
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == 'rclpy' and node.attr not in EVERYWHERE['rclpy']:
                yield f'line {node.lineno}: rclpy.{node.attr}'
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if ast.unparse(item.context_expr).startswith('rclpy.init('):
                    yield f'line {node.lineno}: with rclpy.init()'
        elif isinstance(node, ast.keyword) and node.arg == 'autostart':
            yield f'line {node.value.lineno}: autostart='


@pytest.mark.parametrize('source', SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_distribution_has_the_names_that_are_used(source: Path):
    found = list(names_that_may_be_missing(source.read_text(encoding='utf-8')))
    assert source == ASKS_THE_DISTRIBUTION or found == []


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        pytest.param('from rclpy.node import Node', [], id='everywhere'),
        pytest.param(
            'from rclpy.clock_type import ClockType',
            ['line 1: rclpy.clock_type.ClockType'],
            id='a module that Humble lacks',
        ),
        pytest.param(
            'from rclpy.qos_event import SubscriptionEventCallbacks',
            ['line 1: rclpy.qos_event.SubscriptionEventCallbacks'],
            id='a module that newer ones lack',
        ),
        pytest.param(
            'from rclpy.qos import LoanPolicy', ['line 1: rclpy.qos.LoanPolicy'], id='a new name'
        ),
        pytest.param(
            'with rclpy.init():\n    pass', ['line 1: with rclpy.init()'], id='from Kilted on'
        ),
        pytest.param(
            'LifecycleNode(name="a", autostart=True)', ['line 1: autostart='], id='from Kilted on'
        ),
        pytest.param(
            'rclpy.get_default_context()', ['line 1: rclpy.get_default_context'], id='unknown'
        ),
    ],
)
def test_names_that_one_lacks_are_found(text: str, expected: list[str]):
    assert list(names_that_may_be_missing(text)) == expected
