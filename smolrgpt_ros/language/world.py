# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What language needs to know of a scene; whoever measures implements it, lazily."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class World(Protocol):
    """Regions by their index.

    Every method may raise `QuestionError`, or its own error where depth is missing.
    """

    def ids(self) -> Sequence[str]:
        """Id of every region."""

    def class_ids(self) -> Sequence[str]:
        """Class of every region, '' where unknown."""

    def centre_px(self, region: int) -> tuple[float, float]:
        """Centre in the picture, pixels."""

    def middle_px(self) -> float:
        """Column straight ahead of the viewer, pixels."""

    def distance_m(self, a: int, b: int) -> float:
        """Metres between the centres of two regions."""

    def range_m(self, region: int) -> float:
        """Metres from the viewer."""

    def size_m(self, region: int) -> float:
        """Largest dimension, metres."""

    def inside(self, a: int, b: int) -> bool:
        """True where region a stands in, or on, region b."""

    def loaded(self, region: int) -> bool:
        """True where a transporter carries a pallet."""
