# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What else holds of an answer while a fault lasts."""

from __future__ import annotations

import pytest
from bench import PALLETS, Bench
from fault import Response


def same_distance(bench: Bench, response: Response) -> None:
    assert response.answer.value == pytest.approx(bench.distance_m, rel=0.01)


def about_the_same_distance(bench: Bench, response: Response) -> None:
    assert response.answer.value == pytest.approx(bench.distance_m, rel=0.1)


def same_pallets(bench: Bench, response: Response) -> None:
    """An id means the object that it meant before, whatever the detector calls it now."""
    assert [thing.id for thing in response.answer.objects] == PALLETS[:2]
    assert response.answer.value == pytest.approx(bench.distance_m, rel=0.05)


def ids_of_their_own(bench: Bench, response: Response) -> None:
    ids = [thing.id for thing in response.answer.objects]
    assert len(ids) == len(set(ids)) == len(PALLETS)
    assert '' not in ids
