# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where tracked objects are and may be by now: a Kalman filter for many of them at once.

What stands wanders a little (constant position). What moves has a velocity that it forgets with a
time constant (an integrated Ornstein-Uhlenbeck process: constant velocity at first, and an
uncertainty that later grows with the root of time instead of running away while the object is
hidden); its moments are those of Uhlenbeck and Ornstein, Physical Review 36, 1930.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_EXPECTED = 7.8  # chi squared: 95 % of good measurements (3 degrees of freedom) are below
_UPWARDS = 0.1  # objects hardly move up and down: share of the horizontal speed


@dataclass(frozen=True)
class MotionModel:
    """How an object may move between sightings.

    Attributes:
        wander_m: one sigma of how far what stands is pushed, the map drifts, and centres seem to
            move with the side they are seen from; not more, however long it is not seen.
        wander_s: time constant of that.
        speed_m_s: one sigma of each horizontal velocity of what moves.
        forget_s: time constant after which a velocity is forgotten.
    """

    wander_m: float = 0.5
    wander_s: float = 5.0
    speed_m_s: float = 0.5
    forget_s: float = 1.5


@dataclass(frozen=True, eq=False)
class Motion:
    """Estimates of N objects in the fixed frame, metres and seconds.

    Attributes:
        position: (N, 3); NaN where never measured.
        velocity: (N, 3).
        pp, pv, vv: (N, 3, 3) covariances of position, position with velocity, velocity.
    """

    position: np.ndarray
    velocity: np.ndarray
    pp: np.ndarray
    pv: np.ndarray
    vv: np.ndarray

    @classmethod
    def begun(cls, position: np.ndarray, covariance: np.ndarray, speed_m_s: np.ndarray) -> Motion:
        """First estimates from positions (N, 3), covariances (N, 3, 3) and speeds (N,)."""
        count = len(position)
        return cls(
            position.copy(), np.zeros((count, 3)), covariance.copy(), np.zeros((count, 3, 3)),
            _diagonal(speed_m_s**2),
        )  # fmt: skip

    @classmethod
    def none(cls) -> Motion:
        """Estimates of no object."""
        return cls.begun(np.zeros((0, 3)), np.zeros((0, 3, 3)), np.zeros(0))

    def of(self, index: np.ndarray) -> Motion:
        """Those of some objects."""
        return Motion(
            self.position[index],
            self.velocity[index],
            self.pp[index],
            self.pv[index],
            self.vv[index],
        )

    def joined(self, other: Motion) -> Motion:
        """These and others behind them."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Motion(*(np.concatenate(pair) for pair in pairs))

    def with_changed(self, index: np.ndarray, other: Motion) -> Motion:
        """These with `other` at the places `index`."""
        changed = []
        for mine, new in zip(vars(self).values(), vars(other).values(), strict=True):
            values = mine.copy()
            values[index] = new
            changed.append(values)
        return Motion(*changed)


def _diagonal(variance: np.ndarray) -> np.ndarray:
    """(N, 3, 3) of horizontal variances (N,)."""
    diagonal = np.zeros((len(variance), 3, 3))
    diagonal[:, 0, 0] = diagonal[:, 1, 1] = variance
    diagonal[:, 2, 2] = _UPWARDS**2 * variance
    return diagonal


def predicted(
    motion: Motion, elapsed_s: np.ndarray, speed_m_s: np.ndarray, model: MotionModel
) -> Motion:
    """Estimates after times (N,) without a sighting; speeds (N,) are 0 for what stands."""
    t, forget_s = elapsed_s[:, None, None], model.forget_s
    kept = np.exp(-t / forget_s)
    reach = forget_s * (1.0 - kept)  # how far a velocity of 1 m/s carries
    variance = _diagonal(speed_m_s**2)
    wandered = _diagonal(model.wander_m**2 * (1.0 - np.exp(-elapsed_s / model.wander_s)))
    vp = motion.pv.transpose(0, 2, 1)
    return Motion(
        motion.position + reach[..., 0] * motion.velocity,
        kept[..., 0] * motion.velocity,
        motion.pp
        + reach * (motion.pv + vp)
        + reach**2 * motion.vv
        + variance * forget_s**2 * (2.0 * t / forget_s - 3.0 + 4.0 * kept - kept**2)
        + wandered,
        kept * (motion.pv + reach * motion.vv) + variance * forget_s * (1.0 - kept) ** 2,
        kept**2 * motion.vv + variance * (1.0 - kept**2),
    )


def corrected(motion: Motion, position: np.ndarray, covariance: np.ndarray) -> Motion:
    """Estimates after measured positions (N, 3) with covariances (N, 3, 3)."""
    innovation = position - motion.position
    gain = np.linalg.inv(motion.pp + covariance)
    gain_p = motion.pp @ gain
    gain_v = motion.pv.transpose(0, 2, 1) @ gain
    pp = motion.pp - gain_p @ motion.pp
    return Motion(
        motion.position + np.einsum('nij,nj->ni', gain_p, innovation),
        motion.velocity + np.einsum('nij,nj->ni', gain_v, innovation),
        (pp + pp.transpose(0, 2, 1)) / 2.0,
        motion.pv - gain_p @ motion.pv,
        motion.vv - gain_v @ motion.pv,
    )


def tempered(before: Motion, positions: np.ndarray, covariances: np.ndarray) -> np.ndarray:
    """Covariances of measurements, wider where far off: a bad box must not carry an object away."""
    away = positions - before.position
    squared = np.einsum('ni,nij,nj->n', away, np.linalg.inv(before.pp + covariances), away)
    factor = np.maximum(np.nan_to_num(squared, nan=0.0) / _EXPECTED, 1.0)
    return covariances * factor[:, None, None]
