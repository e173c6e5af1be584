# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How soon a question that is being answered is given up after it was taken back.

``python -m benchmarks.cancel [--questions N] [--checkpoint DIR] [--json]``: the node with a network
on the CPU, a camera at 30 Hz, and goals of the action one after the other. Each is cancelled while
the network writes, a random moment after its first words. Measured are the time until the asker has
the goal's end as cancelled, and the time until the node answers a measured question, which waits
for the network to stop. Without a checkpoint the network has the full one's widths, 8 of its 32
layers and random weights, so that it writes on and on.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from action_msgs.msg import GoalStatus
from rclpy.action import ActionClient
from rclpy.duration import Duration

from benchmarks import surroundings
from benchmarks.camera import pallet_ids, published_shot
from benchmarks.command import concluded
from benchmarks.result import Result
from smolrgpt_ros.action import AskSpatial
from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS
from smolrgpt_ros.models.smolrgpt.config import FULL_SIZE
from smolrgpt_ros.models.smolrgpt.pack import pack_random
from smolrgpt_ros.ros.running import QUERY_NODE, Client, NodeProcess, RunningError
from smolrgpt_ros.ros.status import STATUS_NAMES
from smolrgpt_ros.srv import SpatialQuery

QUESTIONS = 50
ENGINE = 'smolrgpt'
BOUND_MS = 100.0  # to which one token is added
WORDS = 3  # heard before, so that a token can be timed
LATEST_S = 0.1  # after them
START_S = 600.0
ANSWER_S = 60.0
_PATIENCE_S = 2.0
_OLD = Duration(seconds=60.0).to_msg()  # how old the picture is has no part in what is measured
SMALLER = replace(FULL_SIZE, vit_n_blocks=2, lm_n_blocks=8, lm_base_vocab_size=2048)


@dataclass(frozen=True)
class Cancelled:
    """One question taken back.

    Attributes:
        ended_s: from sending the cancel to the goal's end as cancelled, seconds.
        free_s: from there to the answer to a measured question.
        words_s: times between the words heard before.
    """

    ended_s: float
    free_s: float
    words_s: tuple[float, ...]


def measure(questions: int, checkpoint: Path) -> list[Result]:
    """All figures of one run."""
    ids = pallet_ids(published_shot().detections.detections)
    question = f'is {ids[0]} to the left or right of {ids[1]}?'
    parameters = {'checkpoint': str(checkpoint), 'device': 'cpu', 'engine': ENGINE}
    with (
        surroundings.camera() as (camera, _),
        NodeProcess(QUERY_NODE, parameters=parameters, remappings=CAMERA_TOPICS) as node,
        Client('benchmark', watch=(camera, node)) as client,
    ):
        client.activate(timeout_s=START_S)
        action = ActionClient(client.node, AskSpatial, '/ask_spatial')
        client.wait_until(action.server_is_ready, START_S, 'the action /ask_spatial')
        _wait_until_loaded(client, question)
        free_s = [_measured(client, question) for _ in range(questions)]
        chance = random.Random(1)
        taken_back = [
            _taken_back(client, action, question, chance.uniform(0.0, LATEST_S))
            for _ in range(questions)
        ]
        action.destroy()
    pauses_s = [pause_s for one in taken_back for pause_s in one.words_s]
    if not pauses_s:
        raise RunningError('the network wrote too little to measure its tokens')
    token_ms = 1e3 * float(np.median(pauses_s))
    ended_ms = 1e3 * np.array([one.ended_s for one in taken_back])
    free_ms = 1e3 * np.array([one.free_s for one in taken_back])
    bound_ms = BOUND_MS + token_ms
    return [
        Result(
            'cancel.ended_ms', float(np.median(ended_ms)), 'ms', at_most=bound_ms,
            further={
                'p99': float(np.percentile(ended_ms, 99)), 'p99_at_most': bound_ms,
                'most': float(ended_ms.max()), 'token': token_ms, 'questions': len(ended_ms),
            },
        ),
        Result(
            'cancel.free_ms', float(np.median(free_ms)), 'ms', 1e3 * float(np.median(free_s)),
            further={'p99': float(np.percentile(free_ms, 99))},
        ),
    ]  # fmt: skip


def _taken_back(client: Client, action: ActionClient, question: str, after_s: float) -> Cancelled:
    """One question cancelled some time after the network's first words."""
    heard_s: list[float] = []

    def on_feedback(message: Any) -> None:
        if message.feedback.stage == AskSpatial.Feedback.WORDS:
            heard_s.append(time.monotonic())

    goal = AskSpatial.Goal(question=question, max_age=_OLD)
    goal.timeout = Duration(seconds=ANSWER_S).to_msg()
    handle = _result(client, action.send_goal_async(goal, on_feedback), 'the goal to be taken')
    ended = handle.get_result_async()
    client.wait_until(lambda: len(heard_s) >= WORDS or ended.done(), ANSWER_S, 'the first words')
    due_s = time.monotonic() + after_s
    client.wait_until(lambda: time.monotonic() >= due_s, ANSWER_S, 'a moment to pass')
    begun_s = time.monotonic()
    handle.cancel_goal_async()
    response = _result(client, ended, 'the end of a cancelled goal')
    ended_s = time.monotonic() - begun_s
    if response.status != GoalStatus.STATUS_CANCELED:
        said = response.result.answer.text or response.result.message
        raise RunningError(f'a question was over before it could be taken back: {said!r}')
    words_s = tuple(np.diff([moment for moment in heard_s if moment < begun_s]).tolist())
    return Cancelled(ended_s, _measured(client, question), words_s)


def _wait_until_loaded(client: Client, question: str) -> None:
    """Until pictures come and the thread that answers has loaded the network."""
    calls = client.node.create_client(SpatialQuery, '/spatial_query')
    client.wait_until(calls.service_is_ready, START_S, 'the service /spatial_query')
    request = SpatialQuery.Request(question=question, engine='geometric', max_age=_OLD)
    request.timeout = Duration(seconds=_PATIENCE_S).to_msg()
    ends, said = time.monotonic() + START_S, 'nothing'
    while time.monotonic() < ends:
        response = client.reply(calls, request)
        if response is not None and response.status == SpatialQuery.Response.OK:
            client.node.destroy_client(calls)
            return
        said = said if response is None else response.message
        time.sleep(0.2)
    raise RunningError(f'no answer within {START_S:g} s; the node said: {said}')


def _measured(client: Client, question: str) -> float:
    """How long the node takes to answer by measuring, seconds."""
    begun_s = time.monotonic()
    response = client.ask(question, timeout_s=ANSWER_S, engine='geometric', max_age=_OLD)
    if response.status != SpatialQuery.Response.OK:
        raise RunningError(f'{question!r} got {STATUS_NAMES[response.status]}: {response.message}')
    return time.monotonic() - begun_s


def _result(client: Client, future: Any, what: str) -> Any:
    done: Callable[[], bool] = future.done
    client.wait_until(done, ANSWER_S, what)
    return future.result()


def _main() -> int:
    parser = argparse.ArgumentParser(prog='smolrgpt bench cancel')
    parser.add_argument('--json', action='store_true', help='print one JSON object a line')
    parser.add_argument('--questions', type=int, default=QUESTIONS)
    parser.add_argument('--checkpoint', type=Path, help='folder of the network')
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        checkpoint = given.checkpoint or pack_random(Path(scratch) / 'network', config=SMALLER)
        return concluded('cancel', lambda: measure(given.questions, checkpoint), as_json=given.json)


if __name__ == '__main__':
    sys.exit(_main())
