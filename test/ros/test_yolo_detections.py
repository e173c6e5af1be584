# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Detections of yolo_ros become those that the query node reads.

yolo_msgs cannot be had here, so what is handed in has its fields but is no message.
"""

from __future__ import annotations

from types import SimpleNamespace as Fields

import numpy as np
import pytest
from std_msgs.msg import Header

from smolrgpt_ros.messages.conversions import mask_from
from smolrgpt_ros.messages.detections import seen_from
from smolrgpt_ros.ros import yolo_detections
from smolrgpt_ros.ros.yolo_detections import detections_from_yolo, mask_from_yolo

SQUARE = [(10.0, 10.0), (19.0, 10.0), (19.0, 19.0), (10.0, 19.0)]


def outline(points: list[tuple[float, float]], width: int = 40, height: int = 30) -> Fields:
    return Fields(width=width, height=height, data=[Fields(x=x, y=y) for x, y in points])


def detection(
    class_name: str = 'pallet', score: float = 0.9, mask: Fields | None = None, number: str = '7'
) -> Fields:
    return Fields(
        class_id=3,
        class_name=class_name,
        score=score,
        id=number,
        bbox=Fields(
            center=Fields(position=Fields(x=15.0, y=20.0), theta=0.0), size=Fields(x=10.0, y=8.0)
        ),
        mask=mask or outline([]),
    )


def message(*detections: Fields) -> Fields:
    header = Header(frame_id='camera_color_optical_frame')
    header.stamp.sec = 12
    return Fields(header=header, detections=list(detections))


def test_a_detection_keeps_box_class_score_and_id():
    array = detections_from_yolo(message(detection(), detection('', 0.5, number='')))
    assert array.header.stamp.sec == 12
    first, second = seen_from(array.detections)
    assert (first.id, first.class_id, first.score) == ('7', 'pallet', 0.9)
    assert first.box_px == pytest.approx((10.0, 16.0, 20.0, 24.0))
    assert (second.id, second.class_id) == ('', '3')


def test_no_detections_are_an_array_without_any():
    array = detections_from_yolo(message())
    assert list(array.detections) == []
    assert array.header.frame_id == 'camera_color_optical_frame'


@pytest.mark.parametrize(
    'mask',
    [
        pytest.param(outline([]), id='no outline'),
        pytest.param(outline(SQUARE[:2]), id='two points'),
        pytest.param(outline(SQUARE, width=0), id='no size'),
    ],
)
def test_what_has_no_outline_has_no_mask(mask: Fields):
    assert mask_from_yolo(message(detection(mask=mask))) is None


def test_a_mask_says_which_detection_a_pixel_belongs_to():
    shifted = [(x + 5.0, y) for x, y in SQUARE]
    image = mask_from_yolo(
        message(
            detection(mask=outline(SQUARE), score=0.6),
            detection(),
            detection(mask=outline(shifted), score=0.9),
        )
    )
    pixels = mask_from(image, (40, 30))
    assert pixels.shape == (30, 40)
    assert pixels[12, 11] == 1
    assert pixels[12, 17] == 3, 'the surer one lies on top'
    assert set(np.unique(pixels)) == {0, 1, 3}


def test_without_yolo_msgs_it_says_what_to_install(capsys):
    assert yolo_detections.main([]) == 2
    assert 'yolo_msgs is not installed' in capsys.readouterr().err
