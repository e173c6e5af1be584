# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which tracked object each sighting is: costs of the pairs, and the cheapest assignment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from smolrgpt_ros.scene.looks import Looks, overlaps
from smolrgpt_ros.scene.motion import Motion
from smolrgpt_ros.scene.sighting import Sighting

_UNKNOWN_M = 0.5  # one sigma of a position that came without a covariance
_LEAST_VARIANCE = 1e-6
_LITTLE = 0.1
_LEAST_SIZE_M = 1e-3
_STEP_WEIGHTS = np.array(
    [1.0, 1.0, 0.1]
)  # heights jump when something hides an object's lower half


@dataclass(frozen=True)
class PairCosts:
    """What speaks against a pair, in the units of a squared Mahalanobis distance.

    Attributes:
        gate: pairs that cost more are never formed.
        size_share: one sigma by which a centre wanders with the side an object is seen from and
            with what hides it, as a share of its size. Measured covariances do not hold that.
        missing_share: one sigma by which a centre is off along the ground where less of an object
            is seen than is known of it, as a share of what is missing.
        beyond_share: the same where that lies behind the picture's border, half of what is missing
            being added on that side.
        up_share: the same upwards.
        appearance: cost of two boxes without a common colour.
        glimpse: the least share of that, where little of the object is seen: what is in front of
            it and behind it has a part in the colours of a sliver.
        close_s: pictures follow closely until here: the box tells more than the position, which
            jumps when something passes in front.
        step_m: distance to the last measured position in a close picture that makes a box which
            does not overlap another object's.
        within: how far a box inside of the other counts as overlap, against the same box. Boxes are
            of what is visible, which shrinks behind something and at the picture's border.
        elsewhere: cost of close pictures whose boxes and positions both differ, where smoothed
            positions agree.
        far_m: distance from which a detector's id is on another object, beyond what is uncertain.
        new: cost of an object seen only once so far; goes down with every sighting.
        other_class: cost of a detector that changes its mind about the class; only for boxes that
            stay.
        same_box: overlap (intersection over union) from which a box has stayed.
        least_overlap: overlap needed where positions are not known.
    """

    gate: float = 16.0
    size_share: float = 0.2
    appearance: float = 6.0
    glimpse: float = 0.25
    close_s: float = 1.0
    missing_share: float = 0.25
    beyond_share: float = 0.4
    up_share: float = 0.5
    step_m: float = 0.8
    within: float = 0.6
    elsewhere: float = 3.0
    far_m: float = 3.0
    new: float = 2.0
    other_class: float = 6.0
    same_box: float = 0.7
    least_overlap: float = 0.2


def measured_covariances(sightings: Sequence[Sighting]) -> np.ndarray:
    """(N, 3, 3) of the measured positions; a usual one where there is none, or none that can be."""
    usual = np.eye(3) * _UNKNOWN_M**2
    values = [usual if s.covariance is None else s.covariance for s in sightings]
    given = np.array(values, np.float64).reshape(-1, 3, 3)
    covariances = (given + given.transpose(0, 2, 1)) / 2.0
    covariances += np.eye(3) * _LEAST_VARIANCE
    try:
        np.linalg.cholesky(covariances)
    except np.linalg.LinAlgError:
        covariances[np.linalg.eigvalsh(covariances)[:, 0] <= 0.0] = usual
    return covariances


def with_wander(covariances: np.ndarray, sizes: np.ndarray, costs: PairCosts) -> np.ndarray:
    """Covariances (N, 3, 3) with what a centre wanders on an object of a size (N, 3)."""
    across = (0.1 + costs.size_share * sizes[:, :2].max(axis=1)) ** 2
    up = (0.1 + costs.size_share * sizes[:, 2]) ** 2
    wandering = np.zeros_like(covariances)
    wandering[:, 0, 0] = wandering[:, 1, 1] = across
    wandering[:, 2, 2] = up
    return covariances + wandering


def hidden_parts(
    sizes: np.ndarray, known: np.ndarray, beyond: np.ndarray, costs: PairCosts
) -> tuple[np.ndarray, np.ndarray]:
    """What is not seen of objects: how far it moves their centres, and how far it may.

    Args:
        sizes: (M, 1, 3) of what is seen.
        known: (M, N, 3) of the whole objects.
        beyond: (M, 3) as `Sighting.beyond`, zeros for None.

    Returns:
        (M, N, 3) from the middle of what is seen to the object's, metres, and (M, N, 3)
        further variances, m^2.
    """
    missing = np.maximum(known - sizes, 0.0)
    missing_m = missing[..., :2].mean(axis=-1)
    ends = np.any(beyond != 0.0, axis=1, keepdims=True)
    share = np.where(ends, costs.beyond_share, costs.missing_share)
    moved_m = np.where(ends, 0.5 * missing_m, 0.0)
    across = (share * missing_m) ** 2
    up = (costs.up_share * missing[..., 2]) ** 2
    return moved_m[..., None] * beyond[:, None], np.stack([across, across, up], axis=-1)


def pair_costs(
    sightings: Looks,
    positions: np.ndarray,
    covariances: np.ndarray,
    beyond: np.ndarray,
    tracks: Looks,
    motion: Motion,
    unseen_s: np.ndarray,
    costs: PairCosts,
) -> tuple[np.ndarray, np.ndarray]:
    """Costs (M, N) of sightings being tracked objects, infinite above the gate; and what cannot be.

    The second is bool (M, N): neither near enough, whatever was measured, nor the same box. It
    judges a detector that says they are the same.

    Args:
        positions, covariances: (M, 3) and (M, 3, 3) of the sightings, NaN where not known.
        beyond: (M, 3) as `Sighting.beyond`, zeros for None.
        motion: of the tracks, predicted for the sightings' time.
        unseen_s: (N,) how long the tracks have not been seen.
    """
    close = unseen_s[None] <= costs.close_s
    overlap = np.where(close, overlaps(sightings, tracks, costs.within), 0.0)
    extra = costs.appearance * _unlikeness(sightings.appearances, tracks.appearances)
    extra *= np.maximum(_shown(sightings.sizes, tracks.sizes), costs.glimpse)
    extra += costs.new / np.maximum(tracks.counts, 1)
    same = (sightings.classes[:, None] == tracks.classes[None]) | (sightings.classes == '')[:, None]
    same |= (tracks.classes == '')[None]
    changed = np.where(overlap >= costs.same_box, costs.other_class, np.inf)
    extra += np.where(same, 0.0, changed)
    moved, further = hidden_parts(sightings.sizes[:, None], tracks.sizes[None], beyond, costs)
    where = _distances(
        positions, covariances, moved, further, motion, costs.gate, np.isfinite(extra)
    )
    # Either tells: the box stays where it was whatever the depth in it says, or the place does.
    step = positions[:, None] + moved - tracks.positions[None]
    stepped = np.minimum((step**2 @ _STEP_WEIGHTS) / costs.step_m**2, 1.0)
    nowhere = np.isnan(stepped)
    close_by = np.minimum(costs.gate * stepped * (1.0 - overlap), where + costs.elsewhere)
    flat = np.where(overlap >= costs.least_overlap, costs.gate * (1.0 - overlap), np.inf)
    total = np.where(nowhere, flat, np.where(close, close_by, where)) + extra
    total[~(total <= costs.gate)] = np.inf
    return total, _impossible(step, overlap, close, motion, costs)


def _impossible(
    step: np.ndarray, overlap: np.ndarray, close: np.ndarray, motion: Motion, costs: PairCosts
) -> np.ndarray:
    """(M, N) pairs too far apart, or whose box has stayed on another object."""
    may_be_m = costs.far_m + 3.0 * np.sqrt(np.trace(motion.pp, axis1=1, axis2=2))
    far = np.sqrt((step**2).sum(axis=-1)) > may_be_m[None]
    elsewhere = close & (overlap.max(axis=1, initial=0.0) >= costs.same_box)[:, None]
    return (far | elsewhere) & (overlap < _LITTLE)


def _shown(sizes: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(M, N) how much of objects of known sizes (N, 3) sightings (M, 3) show, 0 to 1."""
    shares = sizes[:, None, ::2] / np.maximum(known[None, :, ::2], _LEAST_SIZE_M)
    return np.minimum(shares, 1.0).min(axis=-1)


def _unlikeness(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(M, N) 0 for the same colours, 1 for none in common, a half where one is not known."""
    if a.shape[1] != b.shape[1]:
        return np.full((len(a), len(b)), 0.5)
    return np.nan_to_num(1.0 - a @ b.T, nan=0.5)


def _distances(
    positions: np.ndarray,
    covariances: np.ndarray,
    moved: np.ndarray,
    further: np.ndarray,
    motion: Motion,
    gate: float,
    possible: np.ndarray,
) -> np.ndarray:
    """(M, N) squared Mahalanobis distances, plus what it costs that a track may be anywhere by now.

    The latter is the logarithm of how much the track's own uncertainty widens the measurement's: it
    keeps an object whose place is hardly known from taking every new one. `moved` and `further`
    are those of `hidden_parts`.
    """
    squared = np.full((len(positions), len(motion.position)), np.inf)
    if not squared.size:
        return squared
    reach = gate * (
        np.trace(covariances, axis1=1, axis2=2)[:, None]
        + np.trace(motion.pp, axis1=1, axis2=2)[None]
        + further.sum(axis=-1)
    )
    between = positions[:, None] + moved - motion.position[None]
    apart = (between**2).sum(axis=-1)
    i, j = np.nonzero(possible & (apart <= reach))
    if len(i):
        both = covariances[i] + motion.pp[j] + diagonal(further[i, j])
        away = between[i, j]
        squared[i, j] = np.einsum('ni,nij,nj->n', away, np.linalg.inv(both), away) + np.log(
            np.linalg.det(both) / np.linalg.det(covariances)[i]
        )
    return squared


def diagonal(variances: np.ndarray) -> np.ndarray:
    """(N, 3, 3) of variances (N, 3)."""
    return variances[:, None] * np.eye(3)


def assigned(costs: np.ndarray, gate: float) -> list[tuple[int, int]]:
    """Pairs (row, column) of least total cost; each stays alone where a pair costs too much."""
    if not costs.size:
        return []
    capped = np.minimum(costs, gate + 1.0)
    rows, columns = linear_sum_assignment(capped)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if costs[i, j] <= gate]
