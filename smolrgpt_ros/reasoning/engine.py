# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What every engine offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from smolrgpt_ros.language.answer import Answer, Failure
from smolrgpt_ros.language.question import Question
from smolrgpt_ros.scene.frame import Scene


class Engine(Protocol):
    """Answers questions about one scene.

    It never raises for a bad question, and one failure never costs the others their answer.
    """

    name: str

    def answer(
        self, scene: Scene, questions: Sequence[Question], *, deadline_s: float | None = None
    ) -> list[Answer | Failure]:
        """One outcome a question, in order.

        Args:
            deadline_s: seconds from now after which an unanswered question becomes
                `Reason.TIMEOUT`.
        """

    def close(self) -> None:
        """Free what the engine holds (accelerator memory above all)."""
