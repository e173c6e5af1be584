# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The engines that a node holds: loaded once in the worker's thread, freed with it."""

from __future__ import annotations

import inspect
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
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
from smolrgpt_ros.ros.engine_trouble import (
    LAST_WAIT_S,
    EngineTrouble,
    Files,
    after_death,
    after_failed_loading,
    files_of,
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
        checkpoint_root=settings.checkpoint_root,
    )


def writes(engine: Engine) -> TypeGuard[WritingEngine]:
    """Whether an engine can be listened to and stopped while it answers."""
    return _writes(type(engine))


@cache
def _writes(kind: type[Engine]) -> bool:
    return {'on_words', 'cancelled'} <= set(inspect.signature(kind.answer).parameters)


def begins(engine: Engine) -> TypeGuard[BeginningEngine]:
    """Whether an engine can be asked without waiting for its answers."""
    return hasattr(engine, 'begin')


class Engines:
    """Engines by name, loaded when first needed. The worker's thread uses them.

    One that cannot be loaded, or has died, is tried again when its files have changed or some time
    has passed.
    """

    def __init__(
        self, options: EngineOptions, load: Callable[[str, EngineOptions], Engine] = load_engine
    ):
        """Hold nothing yet; `load` builds an engine or raises EngineError."""
        self._options = options
        self._load = load
        self._engines: dict[str, Engine] = {}
        self._files: dict[str, Files] = {}
        self._troubles: dict[str, EngineTrouble] = {}
        self._deaths: Counter[str] = Counter()
        self._loaded_s: dict[str, float] = {}

    @property
    def loaded(self) -> tuple[str, ...]:
        """Names of the engines held."""
        return tuple(self._engines)

    @property
    def problems(self) -> dict[str, str]:
        """Why an engine could not be loaded or has died, by name."""
        return {name: trouble.sentence for name, trouble in tuple(self._troubles.items())}

    @property
    def current_problems(self) -> dict[str, str]:
        """What is wrong with engines now: those not loaded, and networks that have died."""
        died = {
            name: problem
            for name, engine in tuple(self._engines.items())
            if (problem := getattr(engine, 'problem', ''))
        }
        return {**self.problems, **died}

    @property
    def current_notes(self) -> dict[str, str]:
        """Engines whose files are no longer those that were loaded, by name."""
        now = self._files_now()
        return {
            name: f"the files of engine '{name}' in {self._options.checkpoint} have changed since "
            'they were loaded; deactivate and activate the node to take them over'
            for name, files in tuple(self._files.items())
            if files != now
        }

    def named(self, name: str) -> str:
        """The engine meant by a name; '': verified where a network is configured, else geometric.

        Where the network could not be loaded, whoever names no engine is still answered: measured.
        """
        if name:
            return name
        default = default_engine(self._options)
        if default in self._troubles:
            self._try(default)
        return 'geometric' if default in self._troubles else default

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
        if name not in self._engines:
            self._try(name)
        if name in self._troubles:
            raise QueryError(SpatialQuery.Response.ENGINE_FAILED, self._troubles[name].sentence)
        return self._engines[name]

    def died(self, name: str, error: Exception) -> None:
        """A network raised what no network should: free it, and load it again later."""
        if name == 'geometric' or name not in self._engines:
            return  # it holds nothing that could be broken
        if time.monotonic() - self._loaded_s[name] > LAST_WAIT_S:
            self._deaths[name] = 0  # it lived for long
        self._deaths[name] += 1
        sentence = f"engine '{name}' died and will be loaded again: {type(error).__name__}: {error}"
        self._troubles[name] = after_death(sentence, self._files.pop(name, ()), self._deaths[name])
        self._engines.pop(name).close()

    def close(self) -> None:
        """Free every engine (accelerator memory above all) and forget failures. Idempotent."""
        engines, self._engines = self._engines, {}
        self._files, self._troubles = {}, {}
        self._deaths.clear()
        for engine in engines.values():
            engine.close()

    def _try(self, name: str) -> None:
        """Load an engine, where it is not known that this would be in vain."""
        files = self._files_now()
        trouble = self._troubles.get(name)
        if trouble is not None and not trouble.is_due(files):
            return
        begun_s = time.monotonic()
        try:
            self._engines[name] = self._load(name, self._options)
        except EngineError as error:
            took_s = time.monotonic() - begun_s
            self._troubles[name] = after_failed_loading(str(error), files, took_s)
            return
        self._troubles.pop(name, None)
        self._loaded_s[name] = time.monotonic()
        if name != 'geometric' and self._options.checkpoint:
            self._files[name] = files

    def _files_now(self) -> Files:
        return files_of(self._options.checkpoint) if self._options.checkpoint else ()
