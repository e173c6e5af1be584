# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the clients of a soak ask: good questions and bad ones, and how each may end."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from rclpy.duration import Duration

from smolrgpt_ros.ros.running import Client, RunningError
from smolrgpt_ros.srv import SpatialQuery

# What cameras, detectors, TF and lifecycle managers do to any question.
_WEATHER = frozenset(
    {'OK', 'INACTIVE', 'NO_FRAME', 'STALE', 'UNKNOWN_OBJECT', 'NO_DEPTH', 'NO_TRANSFORM'}
    | {'BUSY', 'TIMEOUT'}
)
_LONGEST_TIMEOUT_S = 3600.0
_FOUND_S = 120.0
_LONGEST, _LARGEST_AT_ONCE = 50_000, 3

ALLOWED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        'good': _WEATHER,
        'hurried': _WEATHER,
        'patient': _WEATHER,
        'burst': _WEATHER,
        'senseless': (_WEATHER - {'OK'}) | {'NOT_UNDERSTOOD', 'AMBIGUOUS'},
        'no such engine': (_WEATHER - {'OK'}) | {'ENGINE_FAILED'},
    }
)
"""How each kind of question may end; anything else is a fault of the node."""


@dataclass(frozen=True)
class Wording:
    """One question to ask."""

    kind: str
    request: SpatialQuery.Request


class Talk:
    """Draws questions about some objects, the same ones for the same seed."""

    def __init__(self, seed: int, object_ids: Sequence[str]):
        """Ask about these objects; at least two."""
        self._chance = random.Random(seed)
        self._ids = list(object_ids)

    def next(self) -> Wording:
        """A question: mostly a good one."""
        kinds = ('good', 'hurried', 'patient', 'senseless', 'no such engine')
        (kind,) = self._chance.choices(kinds, (80, 5, 5, 9, 1))
        return Wording(kind, self._request(kind))

    def burst(self) -> list[Wording]:
        """More questions at once than the node's queue holds."""
        return [
            Wording('burst', self._request('good')) for _ in range(self._chance.randint(10, 40))
        ]

    def largest(self) -> list[Wording]:
        """Several of the largest that are ever asked, at once.

        Fast DDS keeps for each place in its queue what the largest request there has taken. Asked
        first, these take now what would otherwise look like growth for hours.
        """
        request = SpatialQuery.Request(question='ä' * _LONGEST)
        return [Wording('senseless', request) for _ in range(_LARGEST_AT_ONCE)]

    def pause_s(self) -> float:
        """How long until the next question."""
        return self._chance.uniform(0.05, 0.45)

    def happens(self, probability: float) -> bool:
        """Whether something of that probability happens now."""
        return self._chance.random() < probability

    def _request(self, kind: str) -> SpatialQuery.Request:
        if kind == 'senseless':
            return SpatialQuery.Request(**self._chance.choice(self._senseless()))
        fields: dict[str, Any] = {'question': self._chance.choice(self._good())}
        if '<mask>' in fields['question']:
            fields['object_ids'] = self._chance.sample(self._ids, 2)
        if kind == 'no such engine':
            fields['engine'] = 'oracle'
        if kind == 'hurried':
            fields['timeout'] = Duration(seconds=self._chance.uniform(0.001, 0.02)).to_msg()
        if kind == 'patient':
            fields['timeout'] = Duration(seconds=_LONGEST_TIMEOUT_S).to_msg()
        if self._chance.random() < 0.3:
            fields['target_frame'] = 'map'
        return SpatialQuery.Request(**fields)

    def _good(self) -> tuple[str, ...]:
        one, other = self._chance.sample(self._ids, 2)
        return (
            f'how far is {one} from {other}?',
            'how far is <mask> from <mask>?',
            f'is {one} to the left or right of {other}?',
            'which pallet is the leftmost?',
            'how many pallets are there?',
            f'where is {one}?',
            f'what is within 2 m of {one}?',
            f'what is between {one} and {other}?',
            'how far is the nearest pallet from me?',
        )

    def _senseless(self) -> tuple[dict[str, Any], ...]:
        return (
            {'question': ''},
            {'question': 'hello robot'},
            {'question': 'ä' * self._chance.randint(4097, _LONGEST)},
            {'question': ''.join(chr(self._chance.randint(32, 0x2FFF)) for _ in range(50))},
            {'question': f'how far is {self._ids[0]} from unicorn_{self._chance.randint(0, 999)}?'},
            {'question': 'how far is <mask> from <mask>?', 'object_ids': [self._ids[0]]},
            {'question': 'where is <mask>?', 'object_ids': ['x' * 50] * 2000},
            {'question': f'where is {self._ids[0]}?', 'target_frame': 'moon'},
            {'question': 'where is the pallet?'},
        )


def pallets(client: Client) -> list[str]:
    """What can be asked about: pallets in the picture of a camera that may just be failing.

    Raises RunningError.
    """
    ends = time.monotonic() + _FOUND_S
    while time.monotonic() < ends:
        found = [one.id for one in client.ask('how many pallets are there?').answer.objects]
        if len(found) >= 2:
            return found[:6]
        time.sleep(0.1)
    raise RunningError(f'no two pallets were seen within {_FOUND_S:g} s')
