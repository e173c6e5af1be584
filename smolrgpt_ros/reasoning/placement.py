# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How measured objects stand to each other: inside an area, on top of, the same thing twice."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.reasoning.confidence import probability_positive
from smolrgpt_ros.reasoning.polygon import Polygon, depth_inside, intersection_area, signed_area

# Solid things on a floor do not overlap; measured ones do by their errors, a carrier and its load
# by most of their area.
CARRIED_OVERLAP = 0.5
# What is seen to hang in the air stands on whatever is this near; what only looks to stand on
# something must touch it as closely as footprints are measured.
LIFTED_LEAST_M = 0.15
LIFTED_GAP_M = 0.5
TOUCHING_GAP_M = 0.15
SAME_BOX_OVERLAP = 0.6


@dataclass(frozen=True)
class Judgement:
    """A yes or no with the probability that it is right."""

    holds: bool
    confidence: float


def judged(margin: float, stddev: float) -> Judgement:
    """Whether a measured margin is above zero, and how surely."""
    positive = probability_positive(margin, stddev)
    return Judgement(margin >= 0.0, positive if margin >= 0.0 else 1.0 - positive)


def inside_area(
    point: tuple[float, float], stddev_m: float, area: Polygon, area_stddev_m: float
) -> Judgement:
    """Whether a floor point lies in an area on the floor; standard deviations in metres."""
    margin_m = depth_inside(point, area)
    if not math.isfinite(margin_m):
        return Judgement(False, 0.5)
    return judged(margin_m, math.hypot(stddev_m, area_stddev_m))


def overlap_of_smaller(a: Polygon, b: Polygon) -> float:
    """Shared area as a share of the smaller polygon, 0 to 1."""
    smaller = min(signed_area(a), signed_area(b))
    return intersection_area(a, b) / smaller if smaller > 0.0 else 0.0


def carries(
    overlap: float,
    gap_m: float,
    bottom_m: float,
    above: float,
    sunk: float,
    stddev_m: float,
    side_m: float,
) -> Judgement:
    """Whether one thing stands on another, by what is measured and what the picture shows.

    Args:
        overlap: of their footprints, as a share of the smaller.
        gap_m: between their footprints.
        bottom_m: height of the load's lowest part above the floor; NaN or 0 where not seen.
        above: share of the load's width that the picture shows above the carrier's foot.
        sunk: how far down the carrier's height in the picture the load's foot is seen.
        stddev_m: of the distance between them.
        side_m: the load's width.
    """
    width_m = max(side_m, 0.1)
    # Footprints that lie apart overlap by less than nothing: the farther, the surer it is.
    by_overlap = judged(overlap - CARRIED_OVERLAP - gap_m / width_m, stddev_m / width_m)
    if above < 0.4:
        # Seen beside or before it: what hides the floor between them does not make it stand there.
        return Judgement(False, max(by_overlap.confidence, 0.7) if not by_overlap.holds else 0.7)
    if by_overlap.holds:
        return by_overlap
    if bottom_m > LIFTED_LEAST_M and gap_m < LIFTED_GAP_M:
        return Judgement(True, 0.95)
    # What stands behind a carrier ends at its upper edge.
    if above > 0.7 and sunk > 0.25 and gap_m < TOUCHING_GAP_M + stddev_m:
        return Judgement(True, 0.8)
    return by_overlap


def share_above(
    load: tuple[float, float, float, float], carrier: tuple[float, float, float, float]
) -> float:
    """Share of a load's width (pixels) that lies over its carrier, whose foot is seen below it.

    0 where the load reaches below the carrier's foot, or ends above the carrier's top.
    """
    height = carrier[3] - carrier[1]
    if load[3] > carrier[3] + 0.05 * height or load[3] < carrier[1] - 0.05 * height:
        return 0.0
    shared = min(load[2], carrier[2]) - max(load[0], carrier[0])
    return max(shared, 0.0) / (load[2] - load[0])


def box_overlap(
    a: tuple[float, float, float, float], b: tuple[float, float, float, float]
) -> float:
    """Intersection over union of two boxes in pixels."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0.0 or height <= 0.0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def same_object(
    box_a: tuple[float, float, float, float],
    box_b: tuple[float, float, float, float],
    centre_a: np.ndarray | None,
    centre_b: np.ndarray | None,
    width_m: float,
) -> bool:
    """Whether two detections are one thing seen twice.

    Boxes of two things in a row may nearly coincide in the picture, so where depth is known their
    centres must too: two solid things cannot be closer than the width of one.

    Args:
        centre_a: (3,) metres, camera frame; None where nothing metric is known.
        width_m: smallest horizontal width of the two.
    """
    if box_overlap(box_a, box_b) < SAME_BOX_OVERLAP:
        return False
    if centre_a is None or centre_b is None:
        return True
    return float(np.linalg.norm(centre_a - centre_b)) < 0.5 * width_m
