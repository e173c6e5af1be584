# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The engine `smolrgpt`: words to the training prompt, the network's text to an answer."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from known_hall import ask, every, thing

pytest.importorskip('torch')

import torch
from tiny_smolrgpt import TINY

from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.language.parsing import parse
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.language.reading import UnreadableError
from smolrgpt_ros.models.smolrgpt import pack_random
from smolrgpt_ros.reasoning.neural import SmolRgptEngine
from smolrgpt_ros.reasoning.neural_prompt import NeuralPrompt, neural_prompt
from smolrgpt_ros.reasoning.neural_reading import neural_answer
from smolrgpt_ros.reasoning.registry import EngineError, EngineOptions, load_engine
from smolrgpt_ros.reasoning.world import SceneWorld


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    return pack_random(tmp_path_factory.mktemp('tiny') / 'checkpoint', seed=1, config=TINY)


@pytest.fixture(scope='module')
def network(folder):
    return SmolRgptEngine(str(folder), decode='score')


def said(scene, question):
    return neural_prompt(question, SceneWorld(scene))


def masked(text, category, regions):
    return replace(parse(text, category=category), mask_regions=tuple(regions))


@pytest.mark.parametrize(
    ('question', 'text', 'ids'),
    [
        (
            ask(Category.LEFT_RIGHT, 'pallet_1', 'pallet_2'),
            'Is the pallet <mask> to the left or right of the pallet <mask>?',
            ['pallet_1', 'pallet_2'],
        ),
        (
            ask(Category.DISTANCE, 'pallet_1', 'buffer_1'),
            'Tell me the distance between the pallet <mask> and the buffer region <mask>.',
            ['pallet_1', 'buffer_1'],
        ),
    ],
    ids=['side', 'distance'],
)
def test_words_become_the_training_prompt(scene, question, text, ids):
    prompt = said(scene, question)
    assert prompt.text == text
    assert [scene.regions[region].id for region in prompt.regions] == ids
    assert prompt.positions == (0, 1)


def test_every_class_becomes_masks(scene):
    pallets = [i for i, region in enumerate(scene.regions) if region.class_id == 'pallet']
    prompt = said(scene, ask(Category.COUNT, every('pallet'), thing('buffer_1')))
    assert prompt.text == (
        'How many pallets are in the buffer region <mask>, given the pallets '
        + ' '.join(['<mask>'] * len(pallets))
        + '?'
    )
    assert sorted(prompt.regions[1:]) == pallets
    chosen = said(scene, ask(Category.MCQ, every('pallet'), choice='leftmost'))
    assert chosen.text.count('the pallet <mask>') == len(pallets)
    assert chosen.text.endswith('is the leftmost?')
    picked = said(scene, ask(Category.MCQ, every('pallet'), every('transporter'), choice='pickup'))
    assert 'optimal choice for an empty transporter' in picked.text


def test_masks_are_asked_as_they_came(scene):
    text = '<image>\nIs the pallet <mask> on the left of the pallet <mask>?'
    prompt = said(scene, masked(text, Category.LEFT_RIGHT, (2, 1)))
    assert (prompt.text, prompt.regions, prompt.positions) == (text, (2, 1), (0, 1))


@pytest.mark.parametrize(
    ('question', 'reason'),
    [
        (ask(Category.WHERE, 'pallet_1'), Reason.NOT_UNDERSTOOD),
        (ask(Category.LEFT_RIGHT, 'pallet_1'), Reason.NOT_UNDERSTOOD),
        (ask(Category.COUNT, every('pallet')), Reason.NOT_UNDERSTOOD),
        (ask(Category.MCQ, every('pallet'), choice='largest'), Reason.NOT_UNDERSTOOD),
        (ask(Category.DISTANCE, 'pallet_1', 'pallet_99'), Reason.UNKNOWN_OBJECT),
        (parse('How far is <mask> from <mask>?'), Reason.UNKNOWN_OBJECT),
        (
            masked('How far is <mask> from <mask>?', Category.DISTANCE, (0, 99)),
            Reason.UNKNOWN_OBJECT,
        ),
        (masked('How far is <mask> from <mask>?', Category.DISTANCE, (0,)), Reason.NOT_UNDERSTOOD),
    ],
    ids=lambda value: getattr(value, 'text', None),
)
def test_what_the_network_never_learned_is_refused(scene, question, reason):
    with pytest.raises(QuestionError) as refused:
        said(scene, question)
    assert refused.value.failure.reason is reason


IDS = ('pallet_7', 'buffer_1', 'pallet_3')
TWO = NeuralPrompt(
    'Is the pallet <mask> to the left or right of the pallet <mask>?',
    (2, 0),
    (0, 1),
    ('pallet', 'pallet'),
)
THREE = NeuralPrompt(
    'Which of the pallet <mask>, the pallet <mask>, and the buffer region <mask> is the leftmost?',
    (0, 2, 1),
    (0, 0, 0),
    ('pallet', 'pallet', 'buffer region'),
)


@pytest.mark.parametrize(
    ('category', 'prompt', 'text', 'normalized', 'regions', 'told'),
    [
        (
            Category.LEFT_RIGHT,
            TWO,
            'The pallet [Region 0] is to the left of the pallet [Region 1].',
            'left',
            (2, 0),
            'The pallet pallet_3 is to the left of the pallet pallet_7.',
        ),
        (
            Category.LEFT_RIGHT,
            TWO,
            'The pallet [Region 1] is to the left of the pallet [Region 0].',
            'right',
            (0, 2),
            'The pallet pallet_7 is to the left of the pallet pallet_3.',
        ),
        (
            Category.DISTANCE,
            TWO,
            'They are 2.32 meters apart.',
            2.32,
            (2, 0),
            'They are 2.32 meters apart.',
        ),
        (
            Category.MCQ,
            THREE,
            'The buffer region [Region 2] is the leftmost.',
            2,
            (1,),
            'The buffer region buffer_1 is the leftmost.',
        ),
        (
            Category.COUNT,
            THREE,
            'There are 3 pallets in the buffer region [Region 2].',
            3,
            (1,),
            'There are 3 pallets in the buffer region buffer_1.',
        ),
    ],
)
def test_text_becomes_an_answer(category, prompt, text, normalized, regions, told):
    answer = neural_answer(text, ask(category, 'a', 'b'), prompt, IDS, 0.8)
    assert (answer.normalized, answer.regions, answer.text) == (normalized, regions, told)
    assert answer.confidence == 0.8
    assert len(answer.question_positions) == len(regions)


def test_noise_is_no_answer():
    with pytest.raises(UnreadableError):
        neural_answer('Øword17', ask(Category.DISTANCE, 'a', 'b'), TWO, IDS, 0.8)


QUESTIONS = [
    ask(Category.LEFT_RIGHT, 'pallet_1', 'pallet_2'),
    ask(Category.MCQ, every('pallet'), choice='leftmost'),
    ask(Category.COUNT, every('pallet'), thing('buffer_1')),
    ask(Category.WHERE, 'pallet_1'),
]


def test_a_batch_is_answered_in_order(network, scene):
    outcomes = network.answer(scene, QUESTIONS)
    assert outcomes[0].normalized in ('left', 'right')
    assert 0.5 <= outcomes[0].confidence <= 1.0
    assert outcomes[1].regions[0] in range(len(scene.regions))
    assert outcomes[2].normalized in range(20)
    assert [outcome.engine for outcome in outcomes[:3]] == ['smolrgpt'] * 3
    assert outcomes[3].reason is Reason.NOT_UNDERSTOOD
    for question, outcome in zip(QUESTIONS, outcomes):
        [alone] = network.answer(scene, [question])
        assert getattr(alone, 'normalized', None) == getattr(outcome, 'normalized', None)


def test_a_frame_is_encoded_once(network, scene, monkeypatch):
    encoded = []
    encode = network._model.encode
    monkeypatch.setattr(network._model, 'encode', lambda *a: encoded.append(1) or encode(*a))
    other = replace(scene)
    for asked in (other, other, scene):
        network.answer(asked, QUESTIONS[:1])
    assert len(encoded) == 2


def test_an_untrained_network_is_no_success(folder, scene):
    engine = SmolRgptEngine(str(folder), device='cpu', dtype='float32')
    [outcome] = engine.answer(scene, [ask(Category.DISTANCE, 'pallet_1', 'pallet_2')])
    if isinstance(outcome, Failure):  # noise; noise with a digit in it reads as a number
        assert outcome.reason is Reason.ENGINE_FAILED
        assert 'beside the question' in outcome.message
    else:
        assert isinstance(outcome, Answer)
        assert outcome.confidence < 0.5


@pytest.mark.parametrize(
    ('missing', 'reason'),
    [
        ({'colour': None}, Reason.ENGINE_FAILED),
        ({'depth': None, 'relative_depth': None}, Reason.NO_DEPTH),
    ],
    ids=['colour', 'depth'],
)
def test_a_scene_that_lacks_a_picture_says_so(network, scene, missing, reason):
    [outcome] = network.answer(replace(scene, **missing), QUESTIONS[:1])
    assert outcome.reason is reason


def test_no_time_is_a_timeout(network, scene):
    distance = ask(Category.DISTANCE, 'pallet_1', 'pallet_2')
    for outcome in network.answer(scene, [QUESTIONS[0], distance], deadline_s=0.0):
        assert outcome.reason is Reason.TIMEOUT


def test_no_memory_fails_and_the_engine_lives(network, scene, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr(network._model.network, 'see', lambda *_: torch.empty(1 << 60))
        [outcome] = network.answer(replace(scene), QUESTIONS[:1])
    assert outcome.reason is Reason.ENGINE_FAILED
    assert 'too little free memory' in outcome.message
    [outcome] = network.answer(replace(scene), QUESTIONS[:1])
    assert isinstance(outcome, Answer)


def test_a_closed_engine_says_so(folder, scene):
    engine = SmolRgptEngine(str(folder))
    engine.close()
    engine.close()
    [outcome] = engine.answer(scene, QUESTIONS[:1])
    assert outcome.reason is Reason.ENGINE_FAILED
    assert 'closed' in outcome.message


def test_the_registry_names_what_is_wrong_with_a_checkpoint(folder, tmp_path):
    assert load_engine('smolrgpt', EngineOptions(checkpoint=str(folder))).name == 'smolrgpt'
    (tmp_path / 'config.json').write_text(json.dumps({'lm_n_heads': 3}))
    with pytest.raises(EngineError, match='misses vit_hidden_dim'):
        load_engine('smolrgpt', EngineOptions(checkpoint=str(tmp_path)))


def test_a_wrong_way_to_decode_is_refused(folder):
    with pytest.raises(ValueError, match="decode is 'sample'"):
        SmolRgptEngine(str(folder), decode='sample')
