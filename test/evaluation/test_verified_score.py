# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The verified engine with the packaged network: no worse than the better of its parts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from smolrgpt_ros.evaluation.running import Run, evaluate
from smolrgpt_ros.evaluation.tasks import task_at
from smolrgpt_ros.reasoning.registry import EngineOptions
from smolrgpt_ros.warehouse.held_out import held_out
from smolrgpt_ros.warehouse.synthesis import write_dataset

pytest.importorskip('torch')

PICTURES = 6


def right_of(folder: Path, engine: str) -> Counter[str]:
    """Right answers of an engine by category."""
    evaluation = evaluate(
        task_at(folder), Run(engine=engine, options=EngineOptions(device='cpu'), processes=1)
    )
    assert evaluation is not None
    assert not evaluation.malformed
    return Counter(outcome.category for outcome in evaluation.outcomes if outcome.right)


def test_in_no_category_worse_than_the_better_of_its_parts(tmp_path):
    folder = tmp_path / 'held_out_noisy'
    write_dataset(folder, held_out(noise=True, scenes=PICTURES), processes=1)
    parts = right_of(folder, 'geometric'), right_of(folder, 'smolrgpt')
    verified = right_of(folder, 'verified')
    assert set(verified) == {'left_right', 'mcq', 'distance', 'count'}
    for category, right in verified.items():
        assert right >= max(part[category] for part in parts), (category, verified, parts)
