# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How measured things stand to each other, from plain numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from smolrgpt_ros.reasoning.placement import (
    box_overlap,
    carries,
    inside_area,
    overlap_of_smaller,
    same_object,
    share_above,
)
from smolrgpt_ros.reasoning.polygon import gap

SQUARE = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0))
BESIDE = ((2.5, 0.0), (3.5, 0.0), (3.5, 1.0), (2.5, 1.0))
CARRIER_PX = (100.0, 100.0, 200.0, 160.0)


@pytest.mark.parametrize(
    ('point', 'holds', 'confidence'),
    [
        pytest.param((1.0, 1.0), True, 1.0, id='middle'),
        pytest.param((1.9, 1.0), True, 0.84, id='one sigma inside'),
        pytest.param((2.1, 1.0), False, 0.84, id='one sigma outside'),
        pytest.param((9.0, 9.0), False, 1.0, id='far'),
    ],
)
def test_inside_area(point, holds, confidence):
    judgement = inside_area(point, 0.1, SQUARE, 0.0)
    assert judgement.holds is holds
    assert judgement.confidence == pytest.approx(confidence, abs=0.01)


def test_an_area_without_extent_is_doubted():
    judgement = inside_area((1.0, 1.0), 0.1, ((1.0, 1.0),) * 3, 0.1)
    assert not judgement.holds
    assert judgement.confidence == 0.5


@pytest.mark.parametrize(
    ('case', 'holds'),
    [
        pytest.param({'overlap': 0.9}, True, id='one over the other'),
        pytest.param({'overlap': 0.1, 'gap_m': 0.0, 'sunk': 0.0}, False, id='touching by error'),
        pytest.param({'overlap': 0.0, 'gap_m': 0.3, 'bottom_m': 0.3}, True, id='seen in the air'),
        pytest.param(
            {'overlap': 0.0, 'gap_m': 2.0, 'bottom_m': 0.3}, False, id='on something else'
        ),
        pytest.param({'overlap': 0.2, 'gap_m': 0.0, 'sunk': 0.6}, True, id='amid the carrier'),
        pytest.param({'overlap': 0.2, 'gap_m': 0.0, 'sunk': 0.05}, False, id='behind the carrier'),
        pytest.param({'overlap': 0.9, 'above': 0.0}, False, id='seen before the carrier'),
        pytest.param({'overlap': 0.0, 'gap_m': 0.6, 'sunk': 0.6}, False, id='a step away'),
        pytest.param(
            {'overlap': 0.0, 'bottom_m': math.nan, 'sunk': 0.0}, False, id='foot not seen'
        ),
    ],
)
def test_carries(case, holds):
    usual = {
        'overlap': 0.0, 'gap_m': 0.0, 'bottom_m': 0.0, 'above': 1.0, 'sunk': 0.5,
        'stddev_m': 0.05, 'side_m': 1.0,
    }  # fmt: skip
    judgement = carries(**{**usual, **case})
    assert judgement.holds is holds
    assert 0.5 <= judgement.confidence <= 1.0


@pytest.mark.parametrize(
    ('load_px', 'share'),
    [
        pytest.param((120.0, 50.0, 180.0, 130.0), 1.0, id='on it'),
        pytest.param((170.0, 50.0, 230.0, 130.0), 0.5, id='half beside'),
        pytest.param((220.0, 50.0, 280.0, 130.0), 0.0, id='beside'),
        pytest.param((120.0, 90.0, 180.0, 200.0), 0.0, id='before it'),
        pytest.param((120.0, 20.0, 180.0, 80.0), 0.0, id='far behind it'),
    ],
)
def test_share_above(load_px, share):
    assert share_above(load_px, CARRIER_PX) == pytest.approx(share)


@pytest.mark.parametrize(
    ('a', 'b', 'expected'),
    [
        pytest.param(SQUARE, SQUARE, 0.0, id='itself'),
        pytest.param(SQUARE, BESIDE, 0.5, id='apart'),
        pytest.param(BESIDE, SQUARE, 0.5, id='the other way'),
        pytest.param(
            ((-1.0, 0.9), (3.0, 0.9), (3.0, 1.1), (-1.0, 1.1)),
            SQUARE,
            0.0,
            id='a cross: no corner inside',
        ),
    ],
)
def test_gap(a, b, expected):
    assert gap(a, b) == pytest.approx(expected)


def test_overlaps():
    assert overlap_of_smaller(SQUARE, SQUARE) == pytest.approx(1.0)
    assert overlap_of_smaller(SQUARE, BESIDE) == 0.0
    assert overlap_of_smaller(SQUARE, ((1.0, 1.0),) * 3) == 0.0
    assert box_overlap((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert box_overlap((0, 0, 1, 1), (5, 5, 6, 6)) == 0.0


@pytest.mark.parametrize(
    ('box', 'centre', 'same'),
    [
        pytest.param((1, 1, 101, 99), (0.0, 0.0, 5.1), True, id='again'),
        pytest.param((1, 1, 101, 99), (0.0, 0.0, 7.0), False, id='one behind the other'),
        pytest.param((1, 1, 101, 99), None, True, id='no depth: by the picture'),
        pytest.param((80, 0, 180, 100), (0.0, 0.0, 5.1), False, id='another box'),
    ],
)
def test_same_object(box, centre, same):
    first = np.array([0.0, 0.0, 5.0])
    other = None if centre is None else np.array(centre)
    assert same_object((0, 0, 100, 100), box, first, other, 0.8) is same
