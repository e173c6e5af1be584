# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Faults of the soak's camera: all of them, one at a time, the same ones for the same seed."""

from __future__ import annotations

from itertools import islice, pairwise

import numpy as np
import pytest

from benchmarks.camera_faults import DURATIONS_S, PAUSES_S, Faults, drawn


def test_same_seed_same_faults():
    assert list(islice(drawn(3), 50)) == list(islice(drawn(3), 50))
    assert list(islice(drawn(3), 50)) != list(islice(drawn(4), 50))


@pytest.mark.parametrize('seed', range(5))
def test_every_fault_comes_and_ends(seed: int):
    faults = list(islice(drawn(seed), 3 * len(DURATIONS_S)))
    for turn in range(3):
        part = faults[turn * len(DURATIONS_S) : (turn + 1) * len(DURATIONS_S)]
        assert {fault.kind for fault in part} == set(DURATIONS_S)
    for fault in faults:
        low_s, high_s = DURATIONS_S[fault.kind]
        assert low_s <= fault.until_s - fault.from_s <= high_s + 1e-9
    for before, after in pairwise(faults):
        assert PAUSES_S[0] <= after.from_s - before.until_s <= PAUSES_S[1] + 1e-9


def test_time_goes_through_them():
    faults = Faults(1)
    seen = [faults.at(float(now_s)) for now_s in np.arange(0.0, 120.0, 0.02)]
    assert seen[0] == ''
    changes = [kind for before, kind in zip(['', *seen], seen, strict=False) if before != kind]
    assert [kind for kind in changes if kind] == faults.happened
    assert '' in changes
