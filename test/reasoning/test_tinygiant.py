# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The engine `tinygiant` on a random network: the path of `smolrgpt`, another network behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from known_hall import ask, every, thing

pytest.importorskip('torch')

from tiny_giant import MICRO

from smolrgpt_ros.language.answer import Answer, Failure, Reason
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.models.smolrgpt.preprocessing import Preprocessing
from smolrgpt_ros.models.tinygiant import pack_random
from smolrgpt_ros.reasoning.neural_choices import normalized_choices_of
from smolrgpt_ros.reasoning.neural_prompt import neural_prompt
from smolrgpt_ros.reasoning.neural_reading import neural_answer
from smolrgpt_ros.reasoning.registry import EngineError, EngineOptions, load_engine
from smolrgpt_ros.reasoning.tinygiant import TinyGiantEngine
from smolrgpt_ros.reasoning.world import SceneWorld

SIDE = ask(Category.LEFT_RIGHT, 'pallet_1', 'pallet_2')
CHOICE = ask(Category.MCQ, every('pallet'), choice='leftmost')
COUNT = ask(Category.COUNT, every('pallet'), thing('buffer_1'))
DISTANCE = ask(Category.DISTANCE, 'pallet_1', 'pallet_2')
WHERE = ask(Category.WHERE, 'pallet_1')


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    return pack_random(tmp_path_factory.mktemp('micro') / 'checkpoint', seed=1, config=MICRO)


@pytest.fixture(scope='module', params=['phase1', 'phase2'])
def network(request, tmp_path_factory):
    """Random networks that say to have been taught sentences and normalized answers."""
    config = replace(MICRO, stage=request.param)
    folder = tmp_path_factory.mktemp(request.param) / 'checkpoint'
    return TinyGiantEngine(str(pack_random(folder, seed=1, config=config)), decode='score')


def test_closed_questions_are_answered_in_order(network, scene):
    asked = [SIDE, WHERE, CHOICE, COUNT]
    side, where, choice, count = network.answer(scene, asked)
    assert side.normalized in ('left', 'right')
    assert 0.5 <= side.confidence <= 1.0
    assert where.reason is Reason.NOT_UNDERSTOOD
    assert scene.regions[choice.regions[0]].class_id == 'pallet'
    pallets = sum(region.class_id == 'pallet' for region in scene.regions)
    assert count.normalized in range(pallets + 1)
    for outcome in (side, choice, count):
        assert outcome.engine == 'tinygiant'


def test_noise_is_no_answer(folder, scene):
    engine = load_engine('tinygiant', EngineOptions(checkpoint=str(folder), device='cpu'))
    [outcome] = engine.answer(scene, [SIDE])  # noise may hold a digit, but neither side
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.ENGINE_FAILED
    assert 'the network answered beside the question' in outcome.message
    assert "ask the engine 'geometric'" in outcome.message


def test_words_are_told_and_writing_can_be_stopped(folder, scene):
    engine, heard = TinyGiantEngine(str(folder)), []
    engine.answer(scene, [SIDE, DISTANCE], on_words=lambda index, words: heard.append(index))
    assert set(heard) == {0, 1}
    [outcome] = engine.answer(scene, [DISTANCE], cancelled=lambda: True)
    assert outcome.reason is Reason.TIMEOUT
    [outcome] = engine.answer(scene, [DISTANCE], deadline_s=0.0)
    assert outcome.reason is Reason.TIMEOUT


@pytest.mark.parametrize(
    ('text', 'question', 'normalized'),
    [
        ('left', SIDE, 'left'),
        ('right', SIDE, 'right'),
        ('2.41', DISTANCE, 2.41),
        ('0', DISTANCE, 0.0),
        ('3', COUNT, 3),
        ('1', CHOICE, 1),
    ],
    ids=lambda value: value if isinstance(value, str) else '',
)
def test_normalized_answers_are_read(scene, text, question, normalized):
    prompt = neural_prompt(question, SceneWorld(scene))
    ids = [region.id for region in scene.regions]
    answer = neural_answer(text, question, prompt, ids, 0.9)
    assert answer.normalized == normalized
    if question is CHOICE:
        assert answer.regions[0] == prompt.regions[1]


@pytest.mark.parametrize(
    ('question', 'choices'),
    [(SIDE, ('left', 'right')), (CHOICE, '01234'), (COUNT, '012345'), (DISTANCE, ())],
    ids=['side', 'choice', 'count', 'distance'],
)
def test_a_normalized_choice_is_all_that_is_weighed(scene, question, choices):
    prompt = neural_prompt(question, SceneWorld(scene))
    assert normalized_choices_of(question, prompt) == tuple(choices)


def test_points_need_metric_depth_and_a_camera(tmp_path, scene):
    folder = pack_random(
        tmp_path / 'points', config=MICRO, preprocessing=Preprocessing('points', 10.0)
    )
    engine = TinyGiantEngine(str(folder), decode='score')
    [outcome] = engine.answer(scene, [SIDE])
    assert isinstance(outcome, Answer)
    [outcome] = engine.answer(replace(scene, depth=None), [SIDE])
    assert outcome.reason is Reason.NO_DEPTH
    assert 'metric depth' in outcome.message


def test_a_closed_engine_says_so(folder, scene):
    engine = TinyGiantEngine(str(folder))
    engine.close()
    engine.close()
    [outcome] = engine.answer(scene, [SIDE])
    assert outcome.reason is Reason.ENGINE_FAILED
    assert 'closed' in outcome.message


def test_the_registry_says_what_is_wrong(folder, tmp_path):
    with pytest.raises(EngineError, match=r"'tinygiant' could not be loaded .* is no folder"):
        load_engine('tinygiant', EngineOptions(checkpoint=str(tmp_path / 'nowhere')))
    with pytest.raises(EngineError, match='no quantised form'):
        load_engine('tinygiant', EngineOptions(checkpoint=str(folder), dtype='int8'))


def test_a_network_that_fails_is_named(folder, scene, monkeypatch):
    engine = TinyGiantEngine(str(folder))

    def broken(*_):
        raise ZeroDivisionError('of all things')

    monkeypatch.setattr(engine._model.network, 'see', broken)
    [outcome] = engine.answer(scene, [SIDE])
    assert outcome.reason is Reason.ENGINE_FAILED
    assert outcome.message == 'TinyGiantVLM failed with ZeroDivisionError: of all things'
