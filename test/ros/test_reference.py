# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""docs/reference says what the code does: generated pages, topics of the running node."""

from __future__ import annotations

import contextlib
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from rclpy.node import Node, NodeNameNonExistentError

from smolrgpt_ros.ros.running import QUERY_NODE, Client, NodeProcess, RunningError

ROOT = Path(__file__).resolve().parents[2]
NODE_PAGE = ROOT / 'docs' / 'reference' / 'node.md'


@pytest.fixture(scope='module')
def reference() -> ModuleType:
    """tools/generate_reference.py, which is no package."""
    path = ROOT / 'tools' / 'generate_reference.py'
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location('generate_reference', path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_current(reference: ModuleType) -> None:
    assert [str(path.relative_to(ROOT)) for path in reference.outdated()] == []


def test_pages_that_are_not_current_are_named_and_written(
    reference: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setattr(reference, 'ROOT', tmp_path)
    monkeypatch.setattr(reference, 'FOLDER', tmp_path / 'reference')
    monkeypatch.setattr(reference, 'PAGES', {'a.md': lambda: 'new\n', 'b.md': lambda: 'same\n'})
    monkeypatch.setattr(sys, 'argv', ['generate_reference.py'])
    assert reference.main() == 0
    (tmp_path / 'reference' / 'a.md').write_text('old\n')
    monkeypatch.setattr(sys, 'argv', ['generate_reference.py', '--check'])
    assert reference.main() == 1
    assert capsys.readouterr().err.count('is not current') == 1
    assert (tmp_path / 'reference' / 'a.md').read_text() == 'old\n'


@pytest.mark.parametrize(
    ('line', 'expected'),
    [
        pytest.param('uint8 OK=0  # all is well', ('0', 'OK', 'uint8', 'all is well'), id='value'),
        pytest.param('uint8 A=1  # a: x   b: y', ('1', 'A', 'uint8', 'a: x; b: y'), id='columns'),
        pytest.param('string NAME=x', ('x', 'NAME', 'string', ''), id='text'),
    ],
)
def test_constants_are_read_with_their_meaning(
    reference: ModuleType, tmp_path: Path, line: str, expected: tuple[str, ...]
) -> None:
    (tmp_path / 'A.msg').write_text(line + '\n')
    (part,) = sys.modules['reference.interfaces'].read(tmp_path / 'A.msg').parts
    assert part.constants == [expected]


def test_fields_take_the_comment_above_them(reference: ModuleType, tmp_path: Path) -> None:
    (tmp_path / 'A.srv').write_text('# What.\n\n# One,\n# two.\nint32[<=3] a -1\n---\nfloat64 b\n')
    definition = sys.modules['reference.interfaces'].read(tmp_path / 'A.srv')
    assert definition.description == 'What.'
    assert [part.fields for part in definition.parts] == [
        [('a', 'int32[<=3]', 'One, two.')],
        [('b', 'float64', '')],
    ]


def test_a_line_that_is_nothing_is_named(reference: ModuleType, tmp_path: Path) -> None:
    (tmp_path / 'A.msg').write_text('# x\nnothing\n')
    with pytest.raises(ValueError, match=r"A.msg, line 2: 'nothing'"):
        sys.modules['reference.interfaces'].read(tmp_path / 'A.msg')


def topics_in_page(direction: str) -> dict[str, str]:
    """Topic -> type of the page's table rows with that direction."""
    rows = re.findall(
        rf'^\| `([^`]+)` \| {direction} \| `([^`]+)` \|', NODE_PAGE.read_text(), re.MULTILINE
    )
    return {
        topic.replace('~', '/spatial_query') if topic[0] in '~/' else f'/{topic}': kind
        for topic, kind in rows
    }


USUAL = {
    '/rosout': 'rcl_interfaces/msg/Log',
    '/parameter_events': 'rcl_interfaces/msg/ParameterEvent',
    '/spatial_query/transition_event': 'lifecycle_msgs/msg/TransitionEvent',
}


def graph_of(node: Node, name: str) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Topic -> type that a node publishes and subscribes, service -> type; actions left out."""
    told = []
    for ask in (
        node.get_publisher_names_and_types_by_node,
        node.get_subscriber_names_and_types_by_node,
        node.get_service_names_and_types_by_node,
    ):
        try:
            known = ask(name, '/')
        except NodeNameNonExistentError:  # not discovered yet
            known = []
        told.append({topic: kinds[0] for topic, kinds in known if '/_action/' not in topic})
    return told[0], told[1], told[2]


def test_topics_are_those_of_the_running_node(ros_domain: int) -> None:
    parameters = {'use_mask': True, 'use_depth_camera_info': True}
    with (
        NodeProcess(QUERY_NODE, parameters=parameters) as process,
        Client('reader', watch=(process,)) as client,
    ):
        client.activate()
        published = {**topics_in_page('publishes'), **USUAL}
        subscribed = topics_in_page('subscribes')
        service = {'/spatial_query': 'smolrgpt_ros/srv/SpatialQuery'}

        def is_known() -> bool:
            """Whether the whole node is: its services may be discovered before its topics."""
            told = graph_of(client.node, 'spatial_query')
            return all(
                wanted.items() <= known.items()
                for wanted, known in zip((published, subscribed, service), told, strict=True)
            )

        with contextlib.suppress(RunningError):  # what is missing is told below
            client.wait_until(is_known, 20.0, 'all topics')
        publishes, subscribes, services = graph_of(client.node, 'spatial_query')
        assert publishes == published
        assert {topic: subscribes.get(topic) for topic in subscribed} == subscribed
        assert service.items() <= services.items()
