# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a run works on: pictures with records, however the files of a benchmark are laid out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Protocol

from smolrgpt_ros.evaluation.outcome import PictureOutcome
from smolrgpt_ros.reasoning.engine import Engine
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.warehouse.records import OnError


class Task(Protocol):
    """One benchmark on disk. Sent to worker processes, so it holds no open file."""

    @property
    def categories(self) -> tuple[str, ...]:
        """Those that are scored, in the order of reports."""

    def identity(self) -> dict[str, Any]:
        """What the outcomes depend on, for a journal's header."""

    def pictures(self, on_error: OnError) -> Iterator[tuple[str, list[Any]]]:
        """Each picture with its records, always in the same order; the others are told."""

    def answer(
        self, engine: Engine, index: int, picture: str, records: list[Any], *, for_network: bool
    ) -> PictureOutcome:
        """Ask everything about one picture in one call of the engine.

        Args:
            for_network: the scene has the 8-bit depth as well, even where there is metric depth.
                Any engine is given all else that the node would give it, colour too.
        """

    def shown(self, record_ids: Collection[str]) -> Iterator[tuple[str, Scene]]:
        """(record id, scene whose regions are the record's masks in order), with colour."""
