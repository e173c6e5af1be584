# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The network that comes with the package: there, small, and the one taken when none is named."""

from __future__ import annotations

import json

import pytest

from smolrgpt_ros.reasoning import registry
from smolrgpt_ros.reasoning.calibration import CALIBRATION_FILE, read_calibration
from smolrgpt_ros.reasoning.registry import (
    PACKAGED_CHECKPOINT,
    EngineError,
    EngineOptions,
    default_engine,
    load_engine,
    with_packaged,
)

MOST_BYTES = 25_000_000


def test_the_package_carries_a_whole_checkpoint():
    names = {path.name for path in PACKAGED_CHECKPOINT.iterdir()}
    assert {'config.json', 'model.safetensors', 'tokenizer.json', CALIBRATION_FILE} <= names
    assert read_calibration(PACKAGED_CHECKPOINT) is not None
    assert sum(path.stat().st_size for path in PACKAGED_CHECKPOINT.iterdir()) <= MOST_BYTES
    assert json.loads((PACKAGED_CHECKPOINT / 'config.json').read_text())['stage'] == 'sft'
    assert (PACKAGED_CHECKPOINT.parent / 'CARD.md').is_file()


@pytest.mark.parametrize(
    ('engine', 'checkpoint', 'taken'),
    [
        ('smolrgpt', '', True),
        ('verified', '', True),
        ('tinygiant', '', False),
        ('geometric', '', False),
        ('smolrgpt', '/some/folder', False),
    ],
    ids=['smolrgpt', 'verified', 'tinygiant has none', 'geometric needs none', 'one is named'],
)
def test_it_is_taken_where_none_is_named(engine, checkpoint, taken):
    options = with_packaged(engine, EngineOptions(checkpoint, device='cpu'))
    assert (options.checkpoint == str(PACKAGED_CHECKPOINT)) is taken
    assert options.device == 'cpu'


def test_it_does_not_make_a_node_load_torch():
    assert default_engine(EngineOptions()) == 'geometric'


def test_a_package_without_it_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(registry, 'PACKAGED_CHECKPOINT', tmp_path)
    with pytest.raises(EngineError, match='no checkpoint'):
        load_engine('smolrgpt')


def test_it_tells_left_from_right():
    """What it was taught at all it knows: 20 unseen pictures, sides that nobody can mistake."""
    pytest.importorskip('torch')
    from smolrgpt_ros.models.smolrgpt import Prompt, load
    from smolrgpt_ros.training.data.synthetic import SyntheticPictures

    model = load(PACKAGED_CHECKPOINT, device='cpu')
    assert model.wants_points
    unseen = SyntheticPictures(990017, 'left_right', questions=6)
    right = asked = 0
    for number in range(20):
        picture = unseen.picture(number)
        camera = picture.camera
        assert camera is not None
        assert picture.depth_m is not None
        rays = camera.rays((0, 0, camera.width, camera.height))
        frame = model.encode(picture.colour, picture.depth_m, rays)
        prompts = [Prompt(q.text, [picture.masks[i] for i in q.things]) for q in picture.questions]
        answers = model.answer(frame, prompts, max_new_tokens=4)
        right += sum(a.text == q.answer for a, q in zip(answers, picture.questions))
        asked += len(prompts)
    assert asked > 60
    assert right >= 0.9 * asked
