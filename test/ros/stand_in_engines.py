# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Engines that tests steer, in place of the one that measures."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.ros.node import SpatialQueryNode

Engine = TypeVar('Engine')


class SlowEngine:
    """An engine that answers when it is told to."""

    name = 'geometric'

    def __init__(self):
        self.may_answer = threading.Event()
        self.started = threading.Event()

    def answer(self, scene, questions, *, deadline_s=None):
        self.started.set()
        assert self.may_answer.wait(20.0)
        return [Answer(Category.COUNT, 1, 'one', 1.0) for _ in questions]

    def close(self):
        pass


class BrokenEngine(SlowEngine):
    """An engine that raises on one question only."""

    def answer(self, scene, questions, *, deadline_s=None):
        if any('unlucky' in question.text for question in questions):
            raise MemoryError('out of memory on the accelerator')
        return [Answer(Category.COUNT, 1, 'one', 1.0) for _ in questions]


@contextmanager
def measuring_with(node: SpatialQueryNode, engine: Engine) -> Iterator[Engine]:
    """Let another engine measure for a configured node; what hangs in a `SlowEngine` goes on."""
    assert node.engines is not None
    node.engines.get('geometric')
    held = node.engines._engines
    before, held['geometric'] = held['geometric'], engine
    try:
        yield engine
    finally:
        held['geometric'] = before
        if isinstance(engine, SlowEngine):
            engine.may_answer.set()
