# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The SROS 2 policy: well formed, and exactly what the running nodes have in the graph."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import rclpy
from rclpy.context import Context
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.node import Node
from rclpy.parameter import Parameter
from std_srvs.srv import Trigger
from vision_msgs.msg import Detection2DArray

from smolrgpt_ros.planning.pick_and_place.node import PickAndPlace
from smolrgpt_ros.ros.node import SpatialQueryNode
from smolrgpt_ros.ros.warehouse_camera import WarehouseCamera
from smolrgpt_ros.ros.yolo_detections import YoloDetections

ROOT = Path(__file__).resolve().parents[2]
POLICY = ROOT / 'config' / 'sros2' / 'policy.xml'
ENCLAVES = '/smolrgpt_ros'
# element: what it holds, and what its attributes may say of it (policy.xsd of SROS 2, 0.2.0)
LISTS = {
    'topics': ('topic', {'publish', 'subscribe'}),
    'services': ('service', {'reply', 'request'}),
    'actions': ('action', {'call', 'execute'}),
}
NAME = re.compile(r'(?:/|~/)?[A-Za-z_]\w*(?:/[A-Za-z_]\w*)*')
ON_NO_ROBOT = {'mock_robot'}  # a simulation of one
Grant = tuple[str, str]  # ('publish', '/diagnostics')


def parsed(text: str) -> ElementTree.Element:
    """The policy with its comments: SROS 2 keeps them too."""
    keeps_comments = ElementTree.TreeBuilder(insert_comments=True)
    return ElementTree.fromstring(text, parser=ElementTree.XMLParser(target=keeps_comments))


@pytest.fixture(scope='module')
def policy() -> ElementTree.Element:
    return parsed(POLICY.read_text())


def profiles(policy: ElementTree.Element) -> dict[str, ElementTree.Element]:
    return {
        enclave.get('path'): profile
        for enclave in policy.iter('enclave')
        for profile in enclave.iter('profile')
    }


def problems(policy: ElementTree.Element) -> Iterator[str]:
    """What SROS 2's schema would refuse."""
    if policy.tag != 'policy' or policy.attrib != {'version': '0.2.0'}:
        yield f'{policy.tag} {policy.attrib}'
    if [child.tag for child in policy] != ['enclaves'] or not len(policy[0]):
        yield 'expected one list of enclaves'
    # `ros2 security generate_artifacts` takes whatever stands in the list for an enclave.
    if {child.tag for child in policy[0]} != {'enclave'}:
        yield f'only enclaves may stand in their list: {[child.text for child in policy[0]]}'
    for enclave in policy.iter('enclave'):
        if set(enclave.attrib) != {'path'} or not NAME.fullmatch(enclave.get('path')):
            yield f'enclave {enclave.attrib}'
        lists = [child for child in enclave if child.tag is not ElementTree.Comment]
        if [child.tag for child in lists] != ['profiles'] or not len(lists[0]):
            yield f'enclave {enclave.get("path")} needs profiles'
        for profile in lists[0]:
            if profile.tag != 'profile' or set(profile.attrib) != {'ns', 'node'}:
                yield f'{profile.tag} {profile.attrib} in {enclave.get("path")}'
            for rules in profile:
                yield from problems_of_rules(rules)


def problems_of_rules(rules: ElementTree.Element) -> Iterator[str]:
    item, verbs = LISTS.get(rules.tag, ('', set()))
    if not rules.attrib or not set(rules.attrib) <= verbs:
        yield f'{rules.tag} {rules.attrib}'
    if set(rules.attrib.values()) != {'ALLOW'}:
        yield f'{rules.tag} says {rules.attrib}; what is not allowed is denied anyway'
    names = [child.text for child in rules]
    if {child.tag for child in rules} != {item} or len(set(names)) != len(names):
        yield f'{rules.tag}: {names}'
    yield from (f'{name} is no name' for name in names if not NAME.fullmatch(name))


def test_the_policy_is_well_formed(policy):
    assert list(problems(policy)) == []


@pytest.mark.parametrize(
    ('old', 'new'),
    [
        pytest.param('version="0.2.0"', 'version="0.1.0"', id='version'),
        pytest.param('publish="ALLOW"', 'publish="YES"', id='qualifier'),
        pytest.param('publish="ALLOW"', 'reply="ALLOW"', id='verb of another kind'),
        pytest.param('<topic>/rosout</topic>', '<service>/rosout</service>', id='item'),
        pytest.param('<topic>/rosout</topic>', '<topic>/ros out</topic>', id='name'),
        pytest.param('<topic>/rosout</topic>', '<topic>/*</topic>', id='wildcard'),
        pytest.param('ns="/" ', '', id='attribute missing'),
        pytest.param('<enclave path', '<!-- Answers. --><enclave path', id='comment in the list'),
    ],
)
def test_the_check_itself(old, new):
    text = POLICY.read_text()
    assert old in text
    assert list(problems(parsed(text.replace(old, new, 1))))


def granted(profile: ElementTree.Element) -> set[Grant]:
    """Grants of a profile by full names."""
    namespace = profile.get('ns').rstrip('/')
    own = f'{namespace}/{profile.get("node")}'
    return {
        (verb, re.sub(r'^~', own, name) if name[0] in '/~' else f'{namespace}/{name}')
        for rules in profile
        for verb in rules.attrib
        for name in (child.text for child in rules)
    }


def in_the_graph(node: Node, *, nodes_of_the_process: Callable[[str], bool]) -> set[Grant]:
    """Grants that the nodes of one process need, as the middleware tells it."""
    found: set[Grant] = set()
    for name, namespace in node.get_node_names_and_namespaces():
        if not nodes_of_the_process(name):
            continue
        for verb, ask in (
            ('publish', node.get_publisher_names_and_types_by_node),
            ('subscribe', node.get_subscriber_names_and_types_by_node),
            ('reply', node.get_service_names_and_types_by_node),
            ('request', node.get_client_names_and_types_by_node),
        ):
            found |= {(verb, topic) for topic, _ in ask(name, namespace)}
    actions = {
        ('execute' if verb == 'reply' else 'call', name.partition('/_action/')[0])
        for verb, name in found
        if name.endswith('/_action/send_goal')
    }
    return {grant for grant in found if '/_action/' not in grant[1]} | actions


SIMULATED_TIME = [Parameter('use_sim_time', value=True)]
REMAPPED = {
    'image': '/camera/camera/color/image_raw',
    'depth': '/camera/camera/aligned_depth_to_color/image_raw',
    'camera_info': '/camera/camera/color/camera_info',
    'detections': '/detections',
    'mask': '/detections/mask',
    'depth_camera_info': '/camera/camera/depth/camera_info',
}


def active_query_node(context: Context) -> Node:
    overrides = [*SIMULATED_TIME, *(Parameter(n, value=True) for n in OPTIONAL)]
    node = SpatialQueryNode(context=context, parameter_overrides=overrides)
    assert node.trigger_configure() == TransitionCallbackReturn.SUCCESS
    assert node.trigger_activate() == TransitionCallbackReturn.SUCCESS
    return node


def pick_and_place_on_a_mission(context: Context) -> Node:
    """It looks for Nav2 when a mission begins."""
    node = PickAndPlace(context=context, parameter_overrides=SIMULATED_TIME)
    assert node._start(Trigger.Request(), Trigger.Response()).success
    node._thread.join(20.0)  # ends at once: nobody said where to
    return node


OPTIONAL = ('use_mask', 'use_depth_camera_info')
NODES: dict[str, Callable[[Context], Node]] = {
    'spatial_query': active_query_node,
    'pick_and_place': pick_and_place_on_a_mission,
}
# These two take no context and no parameters of ours: they use the default context.
PLAIN_NODES: dict[str, Callable[[], Node]] = {
    'warehouse_camera': WarehouseCamera,
    'yolo_detections': lambda: YoloDetections(Detection2DArray),
}


def compare(policy: ElementTree.Element, name: str, node: Node) -> None:
    needed = in_the_graph(node, nodes_of_the_process=lambda other: other.startswith(name))
    allowed = granted(profiles(policy)[f'{ENCLAVES}/{name}'])
    assert sorted(needed - allowed) == [], 'used, but not allowed by the policy'
    assert sorted(allowed - needed) == [], 'allowed by the policy, but not used'


@pytest.mark.parametrize('name', NODES)
def test_a_node_has_what_its_policy_allows_and_nothing_else(policy, ros_domain, name):
    context = Context()
    remappings = [part for pair in REMAPPED.items() for part in ('-r', ':='.join(pair))]
    rclpy.init(context=context, args=['--ros-args', *remappings])
    node = NODES[name](context)
    try:
        compare(policy, name, node)
    finally:
        node.destroy_node()
        context.try_shutdown()


@pytest.mark.parametrize('name', PLAIN_NODES)
def test_a_plain_node_has_what_its_policy_allows(policy, ros_domain, name):
    # A camera that drives publishes /tf as well.
    rclpy.init(args=['--ros-args', '-p', 'use_sim_time:=true', '-p', 'drive:=0.4'])
    node = PLAIN_NODES[name]()
    try:
        compare(policy, name, node)
    finally:
        node.destroy_node()
        rclpy.try_shutdown()


def test_every_node_has_a_policy(policy):
    programs = {path.name.removesuffix('_node') for path in (ROOT / 'scripts').iterdir()}
    assert {*NODES, *PLAIN_NODES} == programs - ON_NO_ROBOT
    paths = {f'{ENCLAVES}/{name}' for name in (*NODES, *PLAIN_NODES, 'operator')}
    assert set(profiles(policy)) == paths


def test_the_operator_may_do_what_the_nodes_offer_and_nothing_else(policy):
    """Nobody answers what it asks, or tells what it hears, but the nodes; so none is misspelt."""
    every = profiles(policy)
    operator = granted(every.pop(f'{ENCLAVES}/operator'))
    offered = {
        (asking, name)
        for profile in every.values()
        for verb, name in granted(profile)
        for offering, asking in (
            ('publish', 'subscribe'), ('reply', 'request'), ('execute', 'call')
        )
        if verb == offering
    }  # fmt: skip
    own = {
        ('publish', '/rosout'), ('publish', '/parameter_events'), ('subscribe', '/clock'),
    }  # fmt: skip
    asked = {grant for grant in operator - own if not grant[1].startswith('/operator/')}
    assert asked <= offered


def test_with_security_enforced_nothing_starts_without_keys(tmp_path, ros_domain):
    """Neither on a Fast DDS that was built without security, as in the wheels, nor on another."""
    (tmp_path / 'enclaves').mkdir()
    result = subprocess.run(
        [sys.executable, '-m', 'smolrgpt_ros.planning.pick_and_place.node'],
        env={
            **os.environ,
            'ROS_SECURITY_ENABLE': 'true',
            'ROS_SECURITY_STRATEGY': 'Enforce',
            'ROS_SECURITY_KEYSTORE': str(tmp_path),
            'ROS_SECURITY_ENCLAVE_OVERRIDE': f'{ENCLAVES}/pick_and_place',
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode != 0
    assert 'security' in result.stderr.lower()
