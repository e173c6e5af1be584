# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The page of one question: its pictures, and what measuring and a network say of it."""

from __future__ import annotations

from smolrgpt_ros.cli.answer_texts import answer_texts
from smolrgpt_ros.cli.told import Told
from smolrgpt_ros.drawing.page import Opinion, Page, render_page
from smolrgpt_ros.language.answer import Answer, Failure
from smolrgpt_ros.reasoning.engine import Engine
from smolrgpt_ros.reasoning.registry import (
    EngineError,
    EngineOptions,
    load_engine,
    network_of,
    with_packaged,
)
from smolrgpt_ros.reasoning.verified_joining import agree
from smolrgpt_ros.scene.frame import Scene

MEASURING = 'geometric'
_BOTH = 'verified'


class Opinions:
    """Asks both sides about a scene; what the engine in use has said already is not asked again."""

    def __init__(self, engine: Engine, options: EngineOptions):
        """Remember what to ask; a network is loaded when first needed."""
        self._engine = engine
        self._options = options
        self._loaded: dict[str, Engine | str] = {}

    def of(self, one: Told, scene: Scene) -> list[Opinion]:
        """What measuring says, and the network where one is in use."""
        name = self._engine.name
        sides = [MEASURING]
        if name == _BOTH:
            sides.append(network_of(with_packaged(name, self._options).checkpoint))
        elif name != MEASURING:
            sides.append(name)
        had = one.problem if one.answer is None else one.answer
        return [
            Opinion(side, had if side == name else self._ask(side, one.question, scene))
            for side in sides
        ]

    def close(self) -> None:
        """Free the engines that were loaded for it."""
        for engine in self._loaded.values():
            if not isinstance(engine, str):
                engine.close()
        self._loaded = {}

    def _ask(self, name: str, question: str, scene: Scene) -> Answer | str:
        if name not in self._loaded:
            try:
                self._loaded[name] = load_engine(name, with_packaged(_BOTH, self._options))
            except EngineError as error:
                self._loaded[name] = str(error)
        engine = self._loaded[name]
        if isinstance(engine, str):
            return engine
        outcome = answer_texts(engine, scene, [question])[0]
        if isinstance(outcome, Failure):
            return f'{outcome.reason.value}: {outcome.message}'
        return outcome


def page_of(one: Told, opinions: Opinions, *, source: str) -> str:
    """The page of a question that has a scene.

    Args:
        source: where the picture is from, in words.
    """
    assert one.scene is not None
    sides = opinions.of(one, one.scene)
    return render_page(
        Page(
            scene=one.scene,
            question=one.question,
            answer=one.answer,
            problem=one.problem,
            opinions=sides,
            agreement=_agreement(sides),
            source=source,
        )
    )


def _agreement(sides: list[Opinion]) -> bool | None:
    """Whether both sides mean the same; None where there are no two answers to compare."""
    answers = [side.said for side in sides if isinstance(side.said, Answer)]
    return agree(answers[0], answers[1]) if len(answers) == 2 else None
