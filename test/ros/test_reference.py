# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The README says what the code does: generated tables, topics of the running node, commands."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from smolrgpt_ros.ros.running import QUERY_NODE, Client, NodeProcess

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / 'README.md').read_text(encoding='utf-8')


@pytest.fixture(scope='module')
def reference() -> ModuleType:
    """tools/generate_reference.py, which is no package."""
    path = ROOT / 'tools' / 'generate_reference.py'
    spec = importlib.util.spec_from_file_location('generate_reference', path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_tables_are_current(reference: ModuleType) -> None:
    assert reference.with_sections(README, reference.sections()) == README


@pytest.mark.parametrize('text', ['', '<!-- end a -->\n<!-- begin a -->\n', '<!-- begin a -->\n'])
def test_missing_markers_are_named(reference: ModuleType, text: str) -> None:
    with pytest.raises(ValueError, match='begin a'):
        reference.with_sections(text, {'a': 'x'})


def topics_in_readme(direction: str) -> dict[str, str]:
    """Topic -> type of the README's table rows with that direction."""
    rows = re.findall(rf'^\| `([^`]+)` \| {direction} \| `([^`]+)` \|', README, re.MULTILINE)
    return {topic.replace('~', '/spatial_query'): kind for topic, kind in rows}


def test_topics_are_those_of_the_running_node(ros_domain: int) -> None:
    parameters = {'use_mask': True, 'use_depth_camera_info': True}
    with (
        NodeProcess(QUERY_NODE, parameters=parameters) as process,
        Client('reader', watch=(process,)) as client,
    ):
        client.activate()
        expected = topics_in_readme('publishes')

        def published() -> dict[str, str]:
            names = client.node.get_publisher_names_and_types_by_node('spatial_query', '/')
            return {name: kinds[0] for name, kinds in names if '/_action/' not in name}

        client.wait_until(lambda: expected.keys() <= published().keys(), 10.0, 'the publishers')
        usual = {'/rosout', '/parameter_events', '/spatial_query/transition_event'}
        assert {name: kind for name, kind in published().items() if name not in usual} == expected
        names = client.node.get_subscriber_names_and_types_by_node('spatial_query', '/')
        subscribed = {name.lstrip('/'): kinds[0] for name, kinds in names}
        for topic, kind in topics_in_readme('subscribes').items():
            assert subscribed[topic.lstrip('/')] == kind
        services = client.node.get_service_names_and_types_by_node('spatial_query', '/')
        assert ('/spatial_query', ['smolrgpt_ros/srv/SpatialQuery']) in services


def test_commands_named_exist() -> None:
    targets = set(re.findall(r'^([a-z-]+):', (ROOT / 'Makefile').read_text(), re.MULTILINE))
    assert set(re.findall(r'^make ([a-z-]+)', README, re.MULTILINE)) <= targets
    from smolrgpt_ros.cli.app import app

    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert set(re.findall(r'smolrgpt (ask|eval|synth|bench|pack|[a-z]+) ', README)) <= commands


@pytest.mark.parametrize('path', sorted(set(re.findall(r'\]\(([^)#:]+)\)', README))))
def test_links_lead_somewhere(path: str) -> None:
    assert (ROOT / path).exists()
