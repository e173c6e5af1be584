# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The real node with `engine: tinygiant`: random weights, the same path as trained ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from robot import Robot, good_shot, ids_of

from smolrgpt_ros.ros.status import STATUS_NAMES

pytest.importorskip('torch')

from tiny_giant import MICRO

from smolrgpt_ros.models.tinygiant import pack_random

PALLETS = ids_of(good_shot(), 'pallet')
SIDE = f'is {PALLETS[0]} to the left or right of {PALLETS[1]}?'


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack_random(tmp_path_factory.mktemp('micro') / 'checkpoint', seed=1, config=MICRO)


@pytest.mark.parametrize('decode', ['score', 'generate'])
def test_the_parameters_are_enough(ros_domain: int, checkpoint: Path, decode: str):
    robot = Robot(engine='tinygiant', checkpoint=str(checkpoint), device='cpu', decode=decode)
    try:
        robot.activate()
        robot.show()
        response = robot.ask(SIDE)
        if decode == 'score':
            assert STATUS_NAMES[response.status] == 'OK', response.message
            assert response.answer.engine == 'tinygiant'
            assert response.answer.normalized in ('left', 'right')
        else:  # noise names no side
            assert STATUS_NAMES[response.status] == 'ENGINE_FAILED'
            assert 'the network answered beside the question' in response.message
        robot.show()
        measured = robot.ask(SIDE, engine='geometric')
        assert STATUS_NAMES[measured.status] == 'OK', measured.message
    finally:
        robot.close()
