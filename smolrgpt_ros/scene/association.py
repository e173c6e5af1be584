# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which tracked object each sighting is: costs of the pairs, and the cheapest assignment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from smolrgpt_ros.scene.looks import Looks, overlaps
from smolrgpt_ros.scene.motion import Motion

_UNKNOWN_M = 0.5  # one sigma of a position that came without a covariance
_LEAST_VARIANCE = 1e-6
_EYE = np.eye(3)
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


def measured_covariances(covariances: np.ndarray) -> np.ndarray:
    """(N, 3, 3) with a usual one where there is none (NaN), or none that can be."""
    usual = _EYE * _UNKNOWN_M**2
    unknown = np.isnan(covariances[:, 0, 0])
    if unknown.any():
        covariances = np.where(unknown[:, None, None], usual, covariances)
    even = (covariances + covariances.transpose(0, 2, 1)) / 2.0
    even += _EYE * _LEAST_VARIANCE
    try:
        np.linalg.cholesky(even)
    except np.linalg.LinAlgError:
        even[np.linalg.eigvalsh(even)[:, 0] <= 0.0] = usual
    return even


def with_wander(covariances: np.ndarray, sizes: np.ndarray, costs: PairCosts) -> np.ndarray:
    """Covariances (N, 3, 3) with what a centre wanders on an object of a size (N, 3)."""
    across = (0.1 + costs.size_share * np.maximum(sizes[:, 0], sizes[:, 1])) ** 2
    up = (0.1 + costs.size_share * sizes[:, 2]) ** 2
    return covariances + diagonal(np.stack([across, across, up], axis=1))


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
    missing_m = (missing[..., 0] + missing[..., 1]) / 2.0
    further = np.empty_like(missing)
    ends = beyond.any(axis=1, keepdims=True)
    share: np.ndarray | float = costs.missing_share
    moved = np.zeros_like(missing)
    if ends.any():
        share = np.where(ends, costs.beyond_share, costs.missing_share)
        moved = (0.5 * missing_m)[..., None] * beyond[:, None]
    further[..., 0] = further[..., 1] = (share * missing_m) ** 2
    further[..., 2] = (costs.up_share * missing[..., 2]) ** 2
    return moved, further


def pair_costs(
    sightings: Looks,
    covariances: np.ndarray,
    beyond: np.ndarray,
    tracks: Looks,
    counts: np.ndarray,
    motion: Motion,
    unseen_s: np.ndarray,
    costs: PairCosts,
) -> tuple[np.ndarray, np.ndarray]:
    """Costs (M, N) of sightings being tracked objects, infinite above the gate; and what cannot be.

    The second is bool (M, N): neither near enough, whatever was measured, nor the same box. It
    judges a detector that says they are the same.

    Args:
        covariances: (M, 3, 3) of the sightings' positions.
        beyond: (M, 3) as `Sighting.beyond`, zeros for None.
        counts: (N,) in how many frames the tracks were seen.
        motion: of the tracks, predicted for the sightings' time.
        unseen_s: (N,) how long the tracks have not been seen.
    """
    close = unseen_s <= costs.close_s
    overlap = overlaps(sightings, tracks, costs.within) * close
    extra = costs.appearance * _unlikeness(sightings.appearances, tracks.appearances)
    extra *= np.maximum(_shown(sightings.sizes, tracks.sizes), costs.glimpse)
    extra += costs.new / np.maximum(counts, 1)
    other = sightings.classes[:, None] != tracks.classes
    other &= (sightings.classes != 0)[:, None] & (tracks.classes != 0)
    extra[other & (overlap >= costs.same_box)] += costs.other_class
    extra[other & (overlap < costs.same_box)] = np.inf
    apart = costs.gate * (1.0 - overlap)
    flat = np.where(overlap >= costs.least_overlap, apart, np.inf)
    elsewhere = close & (overlap.max(axis=1, initial=0.0) >= costs.same_box)[:, None]
    if np.isnan(sightings.positions[:, 0]).all():
        total, impossible = flat, elsewhere
    else:
        moved, further = hidden_parts(sightings.sizes[:, None], tracks.sizes[None], beyond, costs)
        places = sightings.positions[:, None] + moved
        where = _distances(places, covariances, further, motion, costs.gate, extra < np.inf)
        # Either tells: the box stays where it was whatever the depth in it says, or the place does.
        step = np.square(places - tracks.positions)
        stepped = np.minimum((step @ _STEP_WEIGHTS) / costs.step_m**2, 1.0)
        close_by = np.minimum(apart * stepped, where + costs.elsewhere)
        total = np.where(close, close_by, where)
        total = np.where(np.isnan(stepped), flat, total)
        impossible = elsewhere | _far(step, motion, costs)
    total += extra
    total[~(total <= costs.gate)] = np.inf
    return total, impossible & (overlap < _LITTLE)


def _far(step: np.ndarray, motion: Motion, costs: PairCosts) -> np.ndarray:
    """(M, N) pairs too far apart, by squares (M, N, 3) of what lies between them, m^2."""
    may_be_m = costs.far_m + 3.0 * np.sqrt(np.trace(motion.pp, axis1=1, axis2=2))
    far: np.ndarray = np.sqrt(step.sum(axis=-1)) > may_be_m
    return far


def _shown(sizes: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(M, N) how much of objects of known sizes (N, 3) sightings (M, 3) show, 0 to 1."""
    least = np.maximum(known, _LEAST_SIZE_M)
    along, up = sizes[:, None, 0] / least[:, 0], sizes[:, None, 2] / least[:, 2]
    return np.minimum(np.minimum(along, up), 1.0)


def _unlikeness(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(M, N) 0 for the same colours, 1 for none in common, a half where one is not known."""
    if a.shape[1] != b.shape[1]:
        return np.full((len(a), len(b)), 0.5)
    unlike: np.ndarray = 1.0 - a @ b.T
    unlike[np.isnan(unlike)] = 0.5
    return unlike


def _distances(
    places: np.ndarray,
    covariances: np.ndarray,
    further: np.ndarray,
    motion: Motion,
    gate: float,
    possible: np.ndarray,
) -> np.ndarray:
    """(M, N) squared Mahalanobis distances, plus what it costs that a track may be anywhere by now.

    The latter is the logarithm of how much the track's own uncertainty widens the measurement's: it
    keeps an object whose place is hardly known from taking every new one.

    Args:
        places: (M, N, 3) where the sightings' centres would be if they were the tracked objects.
        further: (M, N, 3) as of `hidden_parts`.
        possible: (M, N) pairs that are worth it.
    """
    squared = np.full(possible.shape, np.inf)
    if not squared.size:
        return squared
    reach = gate * (
        np.trace(covariances, axis1=1, axis2=2)[:, None]
        + np.trace(motion.pp, axis1=1, axis2=2)[None]
        + further.sum(axis=-1)
    )
    between = places - motion.position
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
    return variances[:, None] * _EYE


def assigned(costs: np.ndarray, gate: float) -> list[tuple[int, int]]:
    """Pairs (row, column) of least total cost; each stays alone where a pair costs too much."""
    if not costs.size:
        return []
    capped = np.minimum(costs, gate + 1.0)
    rows, columns = linear_sum_assignment(capped)
    near = costs[rows, columns] <= gate
    return list(zip(rows[near].tolist(), columns[near].tolist(), strict=True))
