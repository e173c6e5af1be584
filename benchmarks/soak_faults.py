# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a soak does to the node beside asking: states, parameters, goals, visitors, stalls."""

from __future__ import annotations

import math
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import rclpy
from action_msgs.msg import GoalStatus
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import SetParameters
from rclpy.action import ActionClient
from rclpy.context import Context
from sensor_msgs.msg import Image
from visualization_msgs.msg import MarkerArray

from benchmarks.ledger import Entry, Ledger
from benchmarks.lifecycle_steps import ACTIVE, INACTIVE, UNCONFIGURED, Lifecycle
from benchmarks.process_watch import Held, held_by
from smolrgpt_ros.action import AskSpatial
from smolrgpt_ros.ros.running import Client
from smolrgpt_ros.ros.status import OUTCOME_NAMES
from smolrgpt_ros.srv import PickTarget, SpatialQuery

PAUSES_S = (1.0, 6.0)
# Shorter than what Fast DDS takes for the end of a process (config/fastdds.xml).
STALLS_S = (0.3, 1.2)
# How long the node is left deactivated; what it gives back then takes it some milliseconds.
RESTS_S = (0.3, 1.5)
# The first and longest one while the largest questions come: what piles up then is most of what
# the middleware ever reserves.
FIRST_STALL_AFTER_S, FIRST_STALL_S = 12.0, STALLS_S[1]
PATIENCE_S = 60.0
_ENDED = (GoalStatus.STATUS_SUCCEEDED, GoalStatus.STATUS_CANCELED, GoalStatus.STATUS_ABORTED)


def drawn(often: Mapping[str, int], chance: random.Random) -> Iterator[str]:
    """Names without end, as from a pack of cards: all of it comes before any of it comes again.

    What a process holds depends on how long ago it was deactivated; so drawn, every two minutes of
    a soak have the same in them.

    Args:
        often: how many cards have a name.
    """
    pack = [name for name, number in often.items() for _ in range(number)]
    while True:
        yield from chance.sample(pack, len(pack))


class Mischief:
    """Does one thing after the other to the node, drawn from a seed.

    Attributes:
        ledger: goals and pick targets that were asked for.
        done: how often each thing was done.
        wrong: what should not have happened, in sentences.
        at_rest: what the node's process held each time at the end of a while in which it was
            inactive, oldest first, by what had brought it there: 'deactivated', 'cleaned up'.
    """

    def __init__(self, client: Client, seed: int, object_ids: Sequence[str], pid: int):
        """Look for the services of the node, whose process is `pid`. Raises RunningError."""
        self._client = client
        self._pid = pid
        self._chance = random.Random(seed)
        self._ids = list(object_ids)
        self._lifecycle = Lifecycle(client)
        self._goals = ActionClient(client.node, AskSpatial, '/ask_spatial')
        self._picks = client.node.create_client(PickTarget, '/pick_target')
        self._parameters = client.node.create_client(SetParameters, '/spatial_query/set_parameters')
        self.ledger = Ledger()
        self.done: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.at_rest: dict[str, list[Held]] = {'deactivated': [], 'cleaned up': []}
        self._number = 0
        self._until_s = math.inf
        for service in (self._picks, self._parameters):
            client.wait_until(service.service_is_ready, PATIENCE_S, service.srv_name)
        client.wait_until(self._goals.server_is_ready, PATIENCE_S, '/ask_spatial')

    def run(self, until_s: float, rest_at_s: float) -> None:
        """Go on until a time, monotonic clock; the node is active in the end.

        Args:
            rest_at_s: when it is deactivated in any case, besides in the end.
        """
        self._until_s = until_s
        things: Mapping[str, tuple[int, Callable[[], None]]] = {
            'deactivate': (2, self._deactivate),
            'clean up': (1, self._clean_up),
            'parameter': (1, self._set_parameter),
            'parameter refused': (1, self._set_bad_parameter),
            'goal': (4, self._goal),
            'goal taken back': (4, self._goal_taken_back),
            'pick target': (4, self._pick_target),
            'looked at': (2, self._look),
            'visitor': (2, self._visitor),
            'stall': (3, lambda: self._stall(self._chance.uniform(*STALLS_S))),
        }
        # Each once before any comes again, and a stall after each: what the node then holds is
        # nearly all that it ever reserves.
        first = [
            name
            for one in self._chance.sample(list(things), len(things))
            for name in ('stall', one)
        ]
        later = drawn({name: often for name, (often, _) in things.items()}, self._chance)
        if until_s - time.monotonic() > 2.0 * (FIRST_STALL_AFTER_S + FIRST_STALL_S):
            self._let_pass(FIRST_STALL_AFTER_S)
            self._stall(FIRST_STALL_S)
        while time.monotonic() < until_s:
            self._let_pass(self._chance.uniform(*PAUSES_S))
            if time.monotonic() >= rest_at_s:
                rest_at_s = math.inf
                self._deactivate()
            name = first.pop() if first else next(later)
            things[name][1]()
            self.done[name] += 1
        # In a run that was too short for it, the one that was due comes now as well.
        for _ in range(2 if rest_at_s < math.inf else 1):
            self._deactivate()

    def _let_pass(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        self._client.wait_until(lambda: time.monotonic() > ends, seconds + 60.0, 'time to pass')

    def _deactivate(self) -> None:
        self._lifecycle.walk(INACTIVE)
        self._rest('deactivated')
        self._lifecycle.walk(ACTIVE)

    def _clean_up(self) -> None:
        """The newest overlay, which is kept for whoever looks later, is gone then: two pictures.

        So somebody looks at once, for the node to hold the same whenever it is deactivated later.
        """
        self._lifecycle.walk(UNCONFIGURED, INACTIVE)
        self._rest('cleaned up')
        self._lifecycle.walk(ACTIVE)
        self._look_until_drawn()

    def _rest(self, kind: str) -> None:
        self._let_pass(self._chance.uniform(*RESTS_S))
        self.at_rest[kind].append(held_by(self._pid))

    def _stall(self, seconds: float) -> None:
        """Give the process no processor for a while, as a machine does that is out of memory.

        Pictures and questions pile up meanwhile, and with them what the middleware reserves for
        them: the pages of its shared segments that were never used before.
        """
        os.kill(self._pid, signal.SIGSTOP)
        try:
            self._let_pass(seconds)
        finally:
            os.kill(self._pid, signal.SIGCONT)

    def _set_parameter(self) -> None:
        self._set('question_queue', self._chance.randint(8, 24), accepted=True)

    def _set_bad_parameter(self) -> None:
        self._set('question_queue', -self._chance.randint(0, 5), accepted=False)

    def _set(self, name: str, value: int, *, accepted: bool) -> None:
        number = ParameterValue(type=ParameterType.PARAMETER_INTEGER, integer_value=value)
        request = SetParameters.Request(parameters=[Parameter(name=name, value=number)])
        reply = self._client.reply(self._parameters, request)
        if reply is not None and reply.results[0].successful != accepted:
            self.wrong.append(f'{name} = {value}: {reply.results[0].reason or "accepted"}')

    def _goal(self) -> None:
        self._ask_goal(lambda handle: None)

    def _goal_taken_back(self) -> None:
        def cancel(handle: Any) -> None:
            self._let_pass(self._chance.uniform(0.0, 0.03))
            handle.cancel_goal_async()

        self._ask_goal(cancel)

    def _ask_goal(self, meanwhile: Callable[[Any], None]) -> None:
        one, other = self._chance.sample(self._ids, 2)
        key = self._asked('goal')
        sending = self._goals.send_goal_async(
            AskSpatial.Goal(question=f'how far is {one} from {other}?')
        )
        if not self._came(sending, 'the goal to be accepted'):
            return
        handle = sending.result()
        result = handle.get_result_async()
        meanwhile(handle)
        if self._came(result, 'the result of a goal'):
            ended = result.result()
            self._heard(key, ended.result.status, ended.result.answer.query_id)
            if ended.status not in _ENDED:
                self.wrong.append(f'a goal ended in state {ended.status}')

    def _pick_target(self) -> None:
        key = self._asked('pick target')
        request = PickTarget.Request(object_id=self._chance.choice(self._ids))
        replied = self._picks.call_async(request)
        if self._came(replied, 'a pick target'):
            self._heard(key, replied.result().status, '')

    def _look(self) -> None:
        """Somebody looks at overlay and markers for a while: both are made only then."""
        with self._looking(lambda overlay: None):
            self._let_pass(self._chance.uniform(1.0, 3.0))

    def _look_until_drawn(self) -> None:
        """Or until the end: nobody asks any more then."""
        overlays: list[Image] = []
        with self._looking(overlays.append):
            self._client.wait_until(
                lambda: bool(overlays) or time.monotonic() > self._until_s, PATIENCE_S, 'an overlay'
            )

    @contextmanager
    def _looking(self, see: Callable[[Image], None]) -> Iterator[None]:
        node = self._client.node
        looking = [
            node.create_subscription(Image, '/spatial_query/overlay', see, 1),
            node.create_subscription(
                MarkerArray, '/spatial_query/markers', lambda markers: None, 1
            ),
        ]
        yield
        for subscription in looking:
            node.destroy_subscription(subscription)

    def _visitor(self) -> None:
        """Somebody joins the network, asks, and is gone before the answer."""
        context = Context()
        rclpy.init(context=context, args=[])
        node = rclpy.create_node('visitor', context=context)
        client = node.create_client(SpatialQuery, '/spatial_query')
        self._client.wait_until(client.service_is_ready, PATIENCE_S, 'the service for a visitor')
        client.call_async(SpatialQuery.Request(question=f'where is {self._ids[0]}?'))
        node.destroy_node()
        rclpy.shutdown(context=context)

    def _asked(self, kind: str) -> tuple[int]:
        self._number += 1
        self.ledger.ask((self._number,), Entry(kind, time.monotonic()))
        return (self._number,)

    def _heard(self, key: tuple[int], status: int, query_id: str) -> None:
        self.ledger.answer(key, OUTCOME_NAMES[status], query_id, time.monotonic())
        if OUTCOME_NAMES[status] in ('ENGINE_FAILED', 'NOT_UNDERSTOOD'):
            self.wrong.append(f'a good request ended with {OUTCOME_NAMES[status]}')

    def _came(self, future: Any, what: str) -> bool:
        """Whether it came; what never does stays open in the ledger and counts as lost."""
        ends = time.monotonic() + PATIENCE_S
        self._client.wait_until(
            lambda: future.done() or time.monotonic() > ends, 2 * PATIENCE_S, what
        )
        if not future.done():
            self.wrong.append(f'waited {PATIENCE_S:g} s for {what} in vain')
        return future.done()
