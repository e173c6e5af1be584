# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The trees for Nav2: only nodes and ports that every supported distribution has."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

TREES = sorted((Path(__file__).resolve().parents[2] / 'behavior_trees').glob('*.xml'))

# What Nav2's Humble, Jazzy, Kilted and Lyrical have in common, by their headers: nodes that
# bt_navigator loads by default, and ports.
PORTS = {
    'RecoveryNode': {'number_of_retries', 'name'},
    'PipelineSequence': {'name'},
    'Sequence': {'name'},
    'RateController': {'hz', 'name'},
    'GoalUpdater': {'input_goal', 'output_goal', 'name'},
    'ComputePathToPose': {'goal', 'start', 'path', 'planner_id', 'name'},
    'FollowPath': {'path', 'controller_id', 'goal_checker_id', 'name'},
    'ClearEntireCostmap': {'service_name', 'name'},
    'Wait': {'wait_duration', 'name'},
}
CHILDREN = {
    'RecoveryNode': range(2, 3), 'PipelineSequence': range(1, 99), 'Sequence': range(1, 99),
    'RateController': range(1, 2), 'GoalUpdater': range(1, 2),
}  # fmt: skip


def test_there_is_a_tree():
    assert TREES


@pytest.mark.parametrize('file', TREES, ids=lambda file: file.name)
def test_tree_is_loaded_by_every_distribution(file: Path):
    root = ElementTree.parse(file).getroot()
    # Version 3 takes the first tree of this name and passes over the format; 4 asks for both.
    assert root.get('BTCPP_format') == '4'
    (tree,) = root
    assert root.get('main_tree_to_execute') == tree.get('ID')
    assert len(tree) == 1
    written, read = {'{goal}'}, set()
    for node in tree.iter():
        if node is tree:
            continue
        assert node.tag in PORTS, f'{node.tag} is not among the nodes of all distributions'
        assert set(node.attrib) <= PORTS[node.tag], f'{node.tag} has a port that some lack'
        assert len(node) in CHILDREN.get(node.tag, range(1)), f'{node.tag} has {len(node)} children'
        for port, value in node.attrib.items():
            if value.startswith('{'):
                is_output = (node.tag, port) in {
                    ('GoalUpdater', 'output_goal'),
                    ('ComputePathToPose', 'path'),
                }
                (written if is_output else read).add(value)
    assert read <= written, 'something is read that nothing writes'
