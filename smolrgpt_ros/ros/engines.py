# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The engines that a node holds: loaded once in the worker's thread, freed with it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TypeGuard

from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.messages.status import QueryError
from smolrgpt_ros.reasoning.engine import BeginningEngine, Engine, WritingEngine
from smolrgpt_ros.reasoning.registry import (
    ENGINE_NAMES,
    EngineError,
    EngineOptions,
    default_engine,
    load_engine,
)
from smolrgpt_ros.srv import SpatialQuery


def engine_options(settings: Settings) -> EngineOptions:
    """What the node's parameters say about networks."""
    return EngineOptions(
        settings.checkpoint,
        settings.device,
        settings.dtype,
        settings.decode,
        wait_for_network=False,
    )


def writes(engine: Engine) -> TypeGuard[WritingEngine]:
    """Whether an engine can be listened to and stopped while it answers."""
    return {'on_words', 'cancelled'} <= set(inspect.signature(engine.answer).parameters)


def begins(engine: Engine) -> TypeGuard[BeginningEngine]:
    """Whether an engine can be asked without waiting for its answers."""
    return hasattr(engine, 'begin')


class Engines:
    """Engines by name, loaded when first needed. The worker's thread uses them.

    Attributes:
        problems: why an engine could not be loaded, by name; asked again only after `close`.
    """

    def __init__(
        self, options: EngineOptions, load: Callable[[str, EngineOptions], Engine] = load_engine
    ):
        """Hold nothing yet; `load` builds an engine or raises EngineError."""
        self._options = options
        self._load = load
        self._engines: dict[str, Engine] = {}
        self.problems: dict[str, str] = {}

    @property
    def loaded(self) -> tuple[str, ...]:
        """Names of the engines held."""
        return tuple(self._engines)

    @property
    def current_problems(self) -> dict[str, str]:
        """What is wrong with engines now: those not loaded, and networks that have died."""
        died = {
            name: problem
            for name, engine in tuple(self._engines.items())
            if (problem := getattr(engine, 'problem', ''))
        }
        return {**self.problems, **died}

    def named(self, name: str) -> str:
        """The engine meant by a name; '': verified where a network is configured, else geometric.

        Where the network could not be loaded, whoever names no engine is still answered: measured.
        """
        if name:
            return name
        default = default_engine(self._options)
        return 'geometric' if default in self.problems else default

    @staticmethod
    def check(name: str) -> None:
        """Raise QueryError(ENGINE_FAILED) for a name that no engine has."""
        if name not in ENGINE_NAMES:
            raise QueryError(
                SpatialQuery.Response.ENGINE_FAILED,
                f'there is no engine {name!r}; known are {", ".join(ENGINE_NAMES)}',
            )

    def get(self, name: str) -> Engine:
        """The engine, loaded.

        Raises QueryError(ENGINE_FAILED) where it cannot be had; the others go on.
        """
        self.check(name)
        if name not in self._engines and name not in self.problems:
            try:
                self._engines[name] = self._load(name, self._options)
            except EngineError as error:
                self.problems[name] = str(error)
        if name in self.problems:
            raise QueryError(SpatialQuery.Response.ENGINE_FAILED, self.problems[name])
        return self._engines[name]

    def close(self) -> None:
        """Free every engine (accelerator memory above all) and forget failures. Idempotent."""
        engines, self._engines, self.problems = self._engines, {}, {}
        for engine in engines.values():
            engine.close()
