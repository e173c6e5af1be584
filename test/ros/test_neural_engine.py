# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The real node with a real network: small random weights, the same path as the large ones."""

from __future__ import annotations

import gc
import json
import shutil
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from robot import Robot, good_shot, ids_of

from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS
from smolrgpt_ros.ros.node import SpatialQueryNode
from smolrgpt_ros.ros.running import CAMERA_NODE, QUERY_NODE, Client, NodeProcess
from smolrgpt_ros.ros.status import STATUS_NAMES
from smolrgpt_ros.srv import SpatialQuery

pytest.importorskip('torch')

from benchmarks.model_agreement import GOLDEN, golden_checkpoint
from smolrgpt_ros.models.smolrgpt import pack
from smolrgpt_ros.reasoning import neural

PALLETS = ids_of(good_shot(), 'pallet')
DISTANCE = f'how far is {PALLETS[0]} from {PALLETS[1]}?'
SIDE = f'is {PALLETS[0]} to the left or right of {PALLETS[1]}?'


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The golden cases' network in a folder that `smolrgpt pack` made, room for long answers."""
    scratch = tmp_path_factory.mktemp('network')
    source = golden_checkpoint(scratch / 'published')
    config = json.loads((source / 'config.json').read_text())
    (source / 'config.json').write_text(json.dumps(config | {'lm_max_position_embeddings': 2**20}))
    return pack(source, GOLDEN / 'tokenizer', scratch / 'packed')


@pytest.fixture(scope='module')
def thinking_robot(module_ros_domain: int, checkpoint: Path) -> Iterator[Robot]:
    """An active robot whose engine is the network, which answers closed questions by scoring."""
    robot = Robot(engine='smolrgpt', checkpoint=str(checkpoint), device='cpu', decode='score')
    robot.activate()
    yield robot
    robot.close()


def engine_of(node: SpatialQueryNode, robot: Robot) -> neural.SmolRgptEngine:
    """The network's engine, once the worker has loaded it."""
    engines = node.engines
    assert engines is not None
    robot.wait_for(lambda: 'smolrgpt' in engines.loaded, 'the network')
    engine = engines.get('smolrgpt')
    assert isinstance(engine, neural.SmolRgptEngine)
    return engine


def status_of(response: SpatialQuery.Response) -> str:
    return STATUS_NAMES[response.status]


def assert_geometric_answers(robot: Robot) -> None:
    """Geometric questions go on."""
    robot.show()
    response = robot.ask(DISTANCE, engine='geometric')
    assert status_of(response) == 'OK', response.message
    assert response.answer.engine == 'geometric'
    assert response.answer.value > 0.0


def assert_network_answers(robot: Robot) -> None:
    """A closed question is answered, whatever the weights: one of its answers is the likelier."""
    robot.show()
    response = robot.ask(SIDE, engine='smolrgpt')
    assert status_of(response) == 'OK', response.message
    assert response.answer.engine == 'smolrgpt'
    assert response.answer.normalized in ('left', 'right')
    assert 0.5 <= response.answer.confidence <= 1.0
    assert {thing.id for thing in response.answer.objects} == set(PALLETS[:2])


def test_configure_loads_and_questions_are_answered(thinking_robot: Robot):
    engine = engine_of(thinking_robot.node, thinking_robot)
    assert_network_answers(thinking_robot)
    thinking_robot.show()
    by_default = thinking_robot.ask(SIDE)
    assert by_default.answer.engine == 'smolrgpt'
    assert_geometric_answers(thinking_robot)
    assert engine_of(thinking_robot.node, thinking_robot) is engine, 'it is loaded once'


def test_noise_is_no_answer(thinking_robot: Robot):
    thinking_robot.show()
    response = thinking_robot.ask(DISTANCE, engine='smolrgpt')
    assert status_of(response) == 'ENGINE_FAILED', response.message
    assert 'the network answered beside the question' in response.message
    assert "ask the engine 'geometric'" in response.message
    assert_geometric_answers(thinking_robot)


def test_out_of_memory_is_a_sentence_and_the_next_question_is_answered(
    thinking_robot: Robot, monkeypatch: pytest.MonkeyPatch
):
    thinking_robot.show()
    model = engine_of(thinking_robot.node, thinking_robot)._model
    assert model is not None
    endless = replace(model.network.config, lm_max_position_embeddings=10**18)
    with monkeypatch.context() as patch:
        patch.setattr(model.network, 'config', endless)
        # Keys and values of so many tokens have more bytes than an address has bits for: the
        # allocation fails on every machine, and nothing is ever touched.
        patch.setattr(neural, 'MAX_NEW_TOKENS', 10**13)
        response = thinking_robot.ask(DISTANCE, engine='smolrgpt')
    assert status_of(response) == 'ENGINE_FAILED', response.message
    assert 'cpu has too little free memory for SmolRGPT in float32' in response.message
    assert_geometric_answers(thinking_robot)
    assert_network_answers(thinking_robot)


def test_time_out_stops_the_network(thinking_robot: Robot, monkeypatch: pytest.MonkeyPatch):
    thinking_robot.show()
    engine = engine_of(thinking_robot.node, thinking_robot)
    assert engine._model is not None
    written: list[str] = []
    answer = engine._model.answer

    def noted(*args, **kwargs):
        completions = answer(*args, **kwargs)
        written.extend(completion.finish for completion in completions)
        return completions

    with monkeypatch.context() as patch:
        patch.setattr(neural, 'MAX_NEW_TOKENS', 100_000)
        patch.setattr(engine._model, 'answer', noted)
        patch.setattr(engine._model.tokenizer, 'end', -1)
        response = thinking_robot.ask(DISTANCE, engine='smolrgpt', timeout=0.5)
        assert status_of(response) == 'TIMEOUT', response.message
        thinking_robot.wait_for(lambda: written, 'the end of writing')
    assert written == ['deadline']
    assert_network_answers(thinking_robot)


def test_cleanup_frees_the_network(ros_domain: int, checkpoint: Path):
    robot = Robot(engine='smolrgpt', checkpoint=str(checkpoint), device='cpu', decode='score')
    try:
        for _ in range(2):
            robot.activate()
            model = engine_of(robot.node, robot)._model
            assert model is not None
            assert_network_answers(robot)
            parts = [weakref.ref(model), weakref.ref(model.network)]
            del model
            robot.node.trigger_deactivate()
            robot.node.trigger_cleanup()
            gc.collect()
            assert [part() for part in parts] == [None, None]
    finally:
        robot.close()


def _missing(folder: Path) -> str:
    shutil.rmtree(folder)
    return 'is no folder'


def _without_weights(folder: Path) -> str:
    (folder / 'model.safetensors').unlink()
    return 'model.safetensors does not exist'


def _cut_off(folder: Path) -> str:
    weights = folder / 'model.safetensors'
    weights.write_bytes(weights.read_bytes()[:-1000])
    return 'is cut off: tensor'


def _without_tokenizer(folder: Path) -> str:
    (folder / 'tokenizer.json').unlink()
    return 'smolrgpt pack'


def _broken_config(folder: Path) -> str:
    (folder / 'config.json').write_text('{"vit_hidden_dim": 32}')
    return 'config.json misses'


@pytest.mark.parametrize(
    'spoil', [_missing, _without_weights, _cut_off, _without_tokenizer, _broken_config]
)
def test_a_checkpoint_that_cannot_be_loaded_costs_no_geometric_answer(
    ros_domain: int, checkpoint: Path, tmp_path: Path, spoil
):
    folder = tmp_path / 'checkpoint'
    shutil.copytree(checkpoint, folder)
    sentence = spoil(folder)
    robot = Robot(engine='smolrgpt', checkpoint=str(folder), device='cpu')
    try:
        robot.activate()
        robot.show()
        response = robot.ask(DISTANCE)
        assert status_of(response) == 'ENGINE_FAILED'
        assert "engine 'smolrgpt' could not be loaded" in response.message
        assert sentence in response.message
        assert_geometric_answers(robot)
    finally:
        robot.close()


def test_a_geometric_node_never_loads_torch(ros_domain: int, checkpoint: Path):
    camera = {'width': 320, 'height': 240, 'rate': 10.0, 'frames': 3}
    with (
        NodeProcess(CAMERA_NODE, parameters=camera) as filming,
        NodeProcess(
            QUERY_NODE,
            parameters={'checkpoint': checkpoint, 'engine': 'geometric'},
            remappings=CAMERA_TOPICS,
        ) as answering,
        Client('asker', watch=(filming, answering)) as client,
    ):
        client.activate()
        maps = Path(f'/proc/{answering.pid}/maps')
        client.wait_for_frame()
        assert status_of(client.ask('how many pallets are there?')) == 'OK'
        assert 'libtorch' not in maps.read_text()
        client.ask('how many pallets are there?', engine='smolrgpt')
        assert 'libtorch' in maps.read_text(), 'what is looked for is there once it is asked for'
