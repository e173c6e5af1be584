# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Several clients that ask; `python -m benchmarks.asker FILE` writes what they have counted.

`--style talk`: every client asks one question after the other, good and bad, with pauses, now and
then a burst, and now and then it leaves in the middle of a question. `--style one`: one client, one
question at a time, for the latency of a node that has nothing else to do. `--style flood`: so many
questions a second, whatever becomes of those before.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import rclpy
from rclpy.duration import Duration
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node

from benchmarks.ledger import Entry, Ledger
from benchmarks.line import Line, wait
from benchmarks.talk import ALLOWED, Talk, Wording
from smolrgpt_ros.ros.status import STATUS_NAMES
from smolrgpt_ros.srv import SpatialQuery

PATIENCE_S = 60.0
"""How long after the last question a response may still come before it counts as lost."""
_BURST, _LEAVE = 0.004, 0.004
_SENT_AT_ONCE = 50
# More than this the middleware would begin to forget.
_MOST_UNDER_WAY = 4000
_LOOK_S = 0.2
_FILLS, _FILL_S = 25, 1.0


@dataclass
class _Client:
    """One client with what it does next."""

    line: Line
    talk: Talk
    name: int
    due_s: float
    left: int = 0
    open: int = 0

    @property
    def key(self) -> tuple[int, int]:
        """Of the books; a client that has left and come back is another one."""
        return self.name, self.left


@dataclass
class Books:
    """What is written down in the end: the ledger, and how long each timed question took."""

    ledger: Ledger = field(default_factory=Ledger)
    took: list[tuple[float, float, float]] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)

    def hear(self, key: Any, response: SpatialQuery.Response) -> bool:
        """Note a response; False where nobody had asked."""
        status, now_s = STATUS_NAMES[response.status], time.monotonic()
        answered = self.ledger.answer(key, status, response.answer.query_id, now_s)
        if answered is None:
            return False
        entry = answered.entry
        if entry.timed and status == 'OK':
            inside_s = Duration.from_msg(response.answer.latency).nanoseconds / 1e9
            self.took.append((entry.sent_s, answered.took_s, inside_s))
        if status not in ALLOWED[entry.kind]:
            self.unexpected.append(f'{entry.kind}: {status}: {response.message}'[:300])
        return True


class Asking:
    """Several clients, asked from one thread."""

    def __init__(self, node: Node, clients: int, seed: int, object_ids: list[str]):
        """Join, and wait until the node answers each client."""
        self._node = node
        self.books = Books()
        self._clients = [
            _Client(Line(node), Talk(1000 * seed + name, object_ids), name, 0.0)
            for name in range(clients)
        ]
        for client in self._clients:
            client.line.introduce()

    def talk(self, until_s: float) -> None:
        """Each client asks, waits for the response and pauses, until a time."""
        self._fill(until_s)
        while (now_s := time.monotonic()) < until_s:
            for client in self._clients:
                if client.open or client.due_s > now_s:
                    continue
                if client.talk.happens(_BURST):
                    for wording in client.talk.burst():
                        self._send(client, wording)
                else:
                    self._send(client, client.talk.next(), timed=True)
                    if client.talk.happens(_LEAVE):
                        self._leave(client)
                client.due_s = now_s + client.talk.pause_s()
            next_s = min((c.due_s for c in self._clients if not c.open), default=now_s + _LOOK_S)
            self._hear(min(next_s - now_s, _LOOK_S))
        self._drain()

    def _fill(self, until_s: float) -> None:
        """Ask the largest questions for a while, in which the node is stalled once."""
        for _ in range(_FILLS):
            if time.monotonic() > until_s - _FILLS * _FILL_S:
                return
            for client in self._clients:
                for wording in client.talk.largest():
                    self._send(client, wording)
            ends_s = time.monotonic() + _FILL_S
            while (left_s := ends_s - time.monotonic()) > 0.0:
                self._hear(left_s)

    def one_by_one(self, questions: int) -> None:
        """One client asks one good question at a time, with short pauses."""
        client = self._clients[0]
        while self.books.ledger.answered < questions:
            now_s = time.monotonic()
            if not client.open and client.due_s <= now_s:
                self._send(client, _good(client.talk), timed=True)
                client.due_s = now_s + 0.05
            self._hear(max(0.001, client.due_s - now_s) if not client.open else _LOOK_S)
        self._drain()

    def flood(self, questions: int, rate_hz: float) -> float:
        """Ask at a steady rate; returns the rate that was reached."""
        wordings = [_good(client.talk) for client in self._clients for _ in range(20)]
        starts_s = time.monotonic()
        sent = 0
        while sent < questions:
            due = min(int((time.monotonic() - starts_s) * rate_hz) + 1, questions)
            room = _MOST_UNDER_WAY - self.books.ledger.open
            for _ in range(max(0, min(due - sent, room, _SENT_AT_ONCE))):
                client = self._clients[sent % len(self._clients)]
                self._send(client, wordings[sent % len(wordings)], timed=True)
                sent += 1
            # Behind its time it still looks for responses, but does not wait for them.
            next_s = starts_s + sent / rate_hz
            self._hear(max(0.0, next_s - time.monotonic()) if room > 0 else _LOOK_S)
        reached_hz = sent / (time.monotonic() - starts_s)
        self._drain()
        return reached_hz

    def _send(self, client: _Client, wording: Wording, *, timed: bool = False) -> None:
        entry = Entry(wording.kind, time.monotonic(), timed and wording.kind == 'good')
        number = client.line.send(wording.request)
        self.books.ledger.ask((*client.key, number), entry)
        client.open += 1

    def _leave(self, client: _Client) -> None:
        """Go away before the response, and come back as another client."""
        self.books.ledger.abandon(client.key)
        client.line.close()
        client.left, client.open = client.left + 1, 0
        client.line = Line(self._node)
        client.line.introduce()

    def _hear(self, timeout_s: float) -> None:
        wait([client.line for client in self._clients], timeout_s)
        for client in self._clients:
            for number, response in client.line.taken():
                client.open -= self.books.hear((*client.key, number), response)

    def _drain(self) -> None:
        ends_s = time.monotonic() + PATIENCE_S
        while self.books.ledger.open and time.monotonic() < ends_s:
            self._hear(_LOOK_S)
        # A response that comes twice comes the second time after the first.
        self._hear(_LOOK_S)


def _good(talk: Talk) -> Wording:
    while (wording := talk.next()).kind != 'good' or wording.request.target_frame:
        pass
    return wording


def _main() -> int:
    parser = argparse.ArgumentParser(prog='benchmarks.asker')
    parser.add_argument('out', type=Path)
    parser.add_argument('--style', choices=('talk', 'one', 'flood'), default='talk')
    parser.add_argument('--clients', type=int, default=4)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--objects', required=True, help='ids, separated by commas')
    parser.add_argument('--until', type=float, help='when talk ends, monotonic clock')
    parser.add_argument('--questions', type=int, default=0, help='of one and flood')
    parser.add_argument('--rate', type=float, default=1000.0, help='of a flood, 1/s')
    arguments, ros_arguments = parser.parse_known_args()
    rclpy.init(args=ros_arguments)
    node = rclpy.create_node(f'asker_{arguments.seed}')
    try:
        _ask(node, arguments)
    except (KeyboardInterrupt, ExternalShutdownException):
        return 130
    finally:
        node.destroy_node()
        rclpy.try_shutdown()
    return 0


def _ask(node: Node, arguments: argparse.Namespace) -> None:
    asking = Asking(node, arguments.clients, arguments.seed, arguments.objects.split(','))
    further: dict[str, Any] = {}
    styles: dict[str, Callable[[], Any]] = {
        'talk': lambda: asking.talk(arguments.until),
        'one': lambda: asking.one_by_one(arguments.questions),
        'flood': lambda: asking.flood(arguments.questions, arguments.rate),
    }
    further['rate_hz'] = styles[arguments.style]()
    books = asking.books
    further |= {'took': books.took, 'unexpected': books.unexpected}
    arguments.out.write_text(json.dumps(books.ledger.figures() | further), encoding='utf-8')


if __name__ == '__main__':
    sys.exit(_main())
