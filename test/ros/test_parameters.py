# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Parameters: ranges are enforced, the shipped file names them all, the table is complete."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from rclpy.parameter import Parameter
from robot import Robot

from smolrgpt_ros.messages.settings import INPUTS, SPECS
from smolrgpt_ros.ros.parameters import parameter_table_markdown
from smolrgpt_ros.ros.status import STATUS_NAMES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope='module')
def shipped() -> dict[str, object]:
    text = (ROOT / 'config' / 'warehouse.yaml').read_text()
    return yaml.safe_load(text)['/**/spatial_query']['ros__parameters']


def test_shipped_file_names_every_parameter_within_its_range(shipped: dict):
    assert list(shipped) == [spec.name for spec in SPECS]
    for spec in SPECS:
        value = shipped[spec.name]
        assert type(value) is type(spec.default), spec.name
        assert not spec.choices or value in spec.choices, spec.name
        assert not spec.range or spec.range[0] <= value <= spec.range[1], spec.name


def test_table_has_a_row_for_each():
    table = parameter_table_markdown()
    for spec in SPECS:
        name = spec.name
        if name.startswith('qos.'):
            name = f'qos.TOPIC.{name.split(".")[-1]}'
        assert f'| `{name}` |' in table
    assert all(topic in table for topic in INPUTS)
    assert {line.count('|') - line.count(r'\|') for line in table.strip().splitlines()} == {6}


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('engine', 'oracle'),
        ('max_age', -1.0),
        ('max_age', float('inf')),
        ('question_queue', 0),
        ('sync.slop', 0.0),
        ('dtype', 'int3'),
        ('qos.image.reliability', 'perhaps'),
        ('timeout', 'soon'),
        ('mask_values', ''),
        ('question_length', 0),
        ('question_rate', -1.0),
        ('question_ids', 0),
        ('checkpoint', '/nowhere/at/all'),
        ('checkpoint', __file__),
        ('checkpoint', 'a\0b'),
        ('checkpoint_root', '/tmp'),
    ],
)
def test_values_that_make_no_sense_are_refused(robot: Robot, name: str, value: object):
    before = robot.node.get_parameter(name).value
    (result,) = robot.node.set_parameters([Parameter(name, value=value)])
    assert not result.successful
    assert result.reason
    assert robot.node.get_parameter(name).value == before


def test_a_new_value_counts_at_once(robot: Robot):
    robot.show()
    assert robot.node.set_parameters([Parameter('max_age', value=0.001)])[0].successful
    assert STATUS_NAMES[robot.ask('where is pallet_1?').status] == 'STALE'
    assert robot.node.set_parameters([Parameter('max_age', value=30.0)])[0].successful


def test_a_checkpoint_must_lie_in_its_root(ros_domain: int, tmp_path: Path):
    for folder in ('networks/good', 'elsewhere'):
        (tmp_path / folder).mkdir(parents=True)
    robot = Robot(checkpoint_root=str(tmp_path / 'networks'))
    try:
        for value, said in {
            'good': '',
            str(tmp_path / 'networks' / 'good'): '',
            '': '',
            '../elsewhere': 'outside of checkpoint_root',
            str(tmp_path / 'elsewhere'): 'outside of checkpoint_root',
            'nothing': 'is no folder',
        }.items():
            (result,) = robot.node.set_parameters([Parameter('checkpoint', value=value)])
            assert result.successful == (not said), value
            assert said in result.reason
    finally:
        robot.close()


def test_what_a_launch_file_names_outside_of_the_root_is_not_loaded(
    ros_domain: int, tmp_path: Path
):
    for folder in ('networks', 'elsewhere'):
        (tmp_path / folder).mkdir()
    robot = Robot(
        checkpoint=str(tmp_path / 'elsewhere'), checkpoint_root=str(tmp_path / 'networks')
    )
    try:
        robot.activate()
        robot.show()
        response = robot.ask('how many pallets are there?', engine='smolrgpt')
        assert STATUS_NAMES[response.status] == 'ENGINE_FAILED'
        assert 'outside of checkpoint_root' in response.message
        response = robot.ask('how many pallets are there?', engine='geometric')
        assert STATUS_NAMES[response.status] == 'OK'
    finally:
        robot.close()


def test_descriptors_say_what_a_parameter_is(robot: Robot):
    for spec in SPECS:
        descriptor = robot.node.describe_parameter(spec.name)
        assert descriptor.description == spec.description
        assert bool(descriptor.floating_point_range or descriptor.integer_range) == bool(spec.range)
