# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Predicting and correcting where an object is and how it moves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smolrgpt_ros.scene.motion import Motion, MotionModel, corrected, predicted

MODEL = MotionModel(wander_m=0.0, speed_m_s=0.7, forget_s=1.3)


def some_motion(seed: int, count: int = 4) -> Motion:
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(count, 6, 6))
    joint = factors @ factors.transpose(0, 2, 1)
    return Motion(
        rng.normal(size=(count, 3)), rng.normal(size=(count, 3)),
        joint[:, :3, :3], joint[:, :3, 3:], joint[:, 3:, 3:],
    )  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.floats(0.0, 20.0), st.floats(0.0, 20.0))
def test_predicting_twice_is_predicting_once(seed: int, first_s: float, then_s: float):
    motion, speeds = some_motion(seed), np.array([0.7, 0.0, 0.7, 0.3])
    once = predicted(motion, np.full(4, first_s + then_s), speeds, MODEL)
    twice = predicted(
        predicted(motion, np.full(4, first_s), speeds, MODEL), np.full(4, then_s), speeds, MODEL
    )
    for a, b in zip(vars(once).values(), vars(twice).values(), strict=True):
        assert a == pytest.approx(b, rel=1e-6, abs=1e-6)


def test_correcting_is_the_textbook_filter_of_six_dimensions():
    motion, rng = some_motion(5), np.random.default_rng(6)
    measured, noise = rng.normal(size=(4, 3)), np.tile(np.diag([0.1, 0.2, 0.3]), (4, 1, 1))
    after = corrected(motion, measured, noise)
    watching = np.hstack([np.eye(3), np.zeros((3, 3))])
    for i in range(4):
        state = np.hstack([motion.position[i], motion.velocity[i]])
        joint = np.block([[motion.pp[i], motion.pv[i]], [motion.pv[i].T, motion.vv[i]]])
        gain = joint @ watching.T @ np.linalg.inv(watching @ joint @ watching.T + noise[i])
        state = state + gain @ (measured[i] - motion.position[i])
        joint = joint - gain @ watching @ joint
        assert np.hstack([after.position[i], after.velocity[i]]) == pytest.approx(state)
        assert after.pp[i] == pytest.approx(joint[:3, :3])
        assert after.pv[i] == pytest.approx(joint[:3, 3:])
        assert after.vv[i] == pytest.approx(joint[3:, 3:])


def test_what_stands_is_not_lost_however_long_it_is_hidden():
    model = MotionModel()
    motion = Motion.begun(np.zeros((1, 3)), np.eye(3)[None] * 0.01, np.zeros(1))
    later = predicted(motion, np.array([1e6]), np.zeros(1), model)
    assert later.pp[0, 0, 0] == pytest.approx(0.01 + model.wander_m**2)
