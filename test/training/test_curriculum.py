# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""All stages, one after the other, and what they leave is what the engines load."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tiny_smolrgpt import pictures, prompts
from tiny_training import losses, plan

from smolrgpt_ros.models import smolrgpt, tinygiant
from smolrgpt_ros.models.tinygiant.sizes import SMALL as TINYGIANT_SMALL
from smolrgpt_ros.training.curriculum import train
from smolrgpt_ros.training.errors import RecordError
from smolrgpt_ros.warehouse.synthesis import Recipe, write_dataset


def test_three_stages_give_a_model_that_answers(tmp_path):
    before = None
    for stage in ('connector', 'refiner', 'sft'):
        train(plan(tmp_path / stage, stage=stage, start=before, steps=3))
        before = tmp_path / stage
    colour, depth = pictures()
    model = smolrgpt.load(before, device='cpu')
    try:
        answers = model.answer(model.encode(colour, depth), prompts())
    finally:
        model.close()
    assert len(answers) == len(prompts())
    assert json.loads((before / 'config.json').read_text())['stage'] == 'sft'


def test_two_phases_give_a_tinygiant_that_answers(tmp_path):
    from dataclasses import asdict, replace

    from smolrgpt_ros.models.smolrgpt.folder import byte_tokenizer
    from smolrgpt_ros.training.journal import read_log
    from smolrgpt_ros.training.settings import Optimisation
    from smolrgpt_ros.training.start import Start

    tiny = replace(
        TINYGIANT_SMALL,
        picture_side=64,
        vision_dims=(8, 16, 24, 32),
        lm_hidden_dim=32,
        lm_inter_dim=64,
        lm_base_vocab_size=300,
        lm_n_heads=2,
        lm_n_kv_heads=2,
        lm_n_blocks=2,
        expert_inter_dim=32,
        reinspections=1,
    )
    (tmp_path / 'tiny.json').write_text(json.dumps(asdict(tiny)))
    (tmp_path / 'words.json').write_text(byte_tokenizer(300))
    begin = Start('tinygiant', size=str(tmp_path / 'tiny.json'), tokenizer=tmp_path / 'words.json')
    first = tmp_path / 'phase1'
    probing = Optimisation(rate=1e-3, probing=1.0)
    train(replace(plan(first, stage='phase1', steps=3, optimisation=probing), start=begin))
    train(plan(tmp_path / 'phase2', stage='phase2', start=first, steps=3))
    # Beside what the gates add, all that probes ask for is wrong at first.
    told = [read_log(tmp_path / phase / 'training')[0]['further'] for phase in ('phase1', 'phase2')]
    assert told[0] > 10 * told[1] > 0
    colour, depth = pictures()
    model = tinygiant.load(tmp_path / 'phase2', device='cpu')
    try:
        answers = model.answer(model.encode(colour, depth), prompts())
    finally:
        model.close()
    assert len(answers) == len(prompts())


def test_depth_as_points_goes_with_the_checkpoint(tmp_path):
    from dataclasses import replace

    from smolrgpt_ros.models.smolrgpt.preprocessing import read_preprocessing
    from smolrgpt_ros.training.start import parse_depth

    first = plan(tmp_path / 'first', steps=1)
    train(replace(first, start=replace(first.start, preprocessing=parse_depth('points:8'))))
    train(plan(tmp_path / 'second', steps=1, start=tmp_path / 'first'))
    for folder in ('first', 'second'):
        told = read_preprocessing(tmp_path / folder)
        assert (told.depth_convention, told.points_scale_m) == ('points', 8.0)


@pytest.fixture
def dataset(tmp_path):
    write_dataset(tmp_path / 'data', Recipe(4, 5, size_px=(96, 72), split='train'), processes=1)
    return tmp_path / 'data'


def test_a_folder_is_learnt_by_epochs(tmp_path, dataset):
    from dataclasses import replace

    run = plan(tmp_path / 'out', stage='sft', data=str(dataset))
    outcome = train(replace(run, epochs=1.0))
    assert outcome.step == outcome.steps == len(losses(tmp_path / 'out'))
    assert outcome.problems.count == 0


def test_unusable_pictures_are_counted_and_told(tmp_path, dataset):
    broken = sorted((dataset / 'images').glob('*.png'))[0]
    broken.write_bytes(broken.read_bytes()[:200])
    run = plan(tmp_path / 'out', stage='sft', data=str(dataset), steps=6)
    outcome = train(run)
    assert outcome.step == 6
    assert outcome.problems.count > 0
    assert any(broken.name in line for line in outcome.problems.lines())
    with pytest.raises(RecordError, match=broken.name):
        train(plan(tmp_path / 'strict', stage='sft', data=str(dataset), steps=6, strict=True))


def test_no_usable_picture_at_all_ends_it(tmp_path, dataset):
    for picture in (dataset / 'images').glob('*.png'):
        picture.write_bytes(b'')
    with pytest.raises(RecordError, match='cannot be used'):
        train(plan(tmp_path / 'out', stage='sft', data=str(dataset), steps=2))


def test_words_are_learnt_of_the_data(tmp_path):
    from dataclasses import replace

    from tokenizers import Tokenizer

    from smolrgpt_ros.models.smolrgpt.tokens import EXTRA

    run = plan(tmp_path / 'out', steps=1)
    train(replace(run, start=replace(run.start, tokenizer=None)))
    words = Tokenizer.from_file(str(tmp_path / 'out' / 'tokenizer.json'))
    assert words.get_vocab_size() == 300
    assert words.token_to_id(EXTRA[0]) is None  # they follow the base vocabulary when read
    text = 'What is the distance of 10.25 m between <|im_end|> é?'
    assert words.decode(words.encode(text).ids, skip_special_tokens=False) == text
    assert np.diff(words.encode('1025').ids).size == 3  # digit by digit
