# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The annotated picture: its size, what is marked, and that nothing in a scene can break it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from smolrgpt_ros.drawing.outlines import eroded
from smolrgpt_ros.drawing.overlay import draw_overlay
from smolrgpt_ros.drawing.palette import QUIET, REFERENCED, colour_of, ink_on
from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.region import Region

SIZE_PX = (320, 240)
BOXES = ((20.0, 60.0, 80.0, 120.0), (200.0, 80.0, 260.0, 140.0), (120.0, 150.0, 170.0, 190.0))


def mask_of(box: tuple[float, float, float, float]) -> np.ndarray:
    mask = np.zeros(SIZE_PX[::-1], bool)
    mask[int(box[1]) : int(box[3]), int(box[0]) : int(box[2])] = True
    return mask


@pytest.fixture
def scene() -> Scene:
    """Three pallets on grey."""
    regions = tuple(Region(box, 'pallet', 1.0, f'pallet_{n}') for n, box in enumerate(BOXES))
    return Scene(regions, SIZE_PX, colour=np.full((*SIZE_PX[::-1], 3), 100, np.uint8))


DISTANCE = Answer(
    Category.DISTANCE,
    3.2,
    'They are 3.20 m apart.',
    3.2,
    'm',
    regions=(0, 1),
    question_positions=(0, 1),
)


def marked(before: Scene, picture: np.ndarray, box: tuple[float, float, float, float]) -> bool:
    x0, y0, x1, y1 = (int(value) for value in box)
    assert before.colour is not None
    return bool((picture[y0:y1, x0:x1] != before.colour[y0:y1, x0:x1]).any())


def has_colour(picture: np.ndarray, box: tuple[float, ...], colour: tuple[int, int, int]) -> bool:
    x0, y0, x1, y1 = (int(value) for value in box)
    return bool((picture[y0:y1, x0:x1] == colour).all(axis=-1).any())


def test_the_scene_is_left_as_it_was(scene: Scene) -> None:
    assert scene.colour is not None
    before = scene.colour.copy()
    picture = draw_overlay(scene, DISTANCE)
    assert picture.shape == before.shape
    assert picture.dtype == np.uint8
    assert (scene.colour == before).all()
    assert not np.shares_memory(picture, scene.colour)


def test_referenced_regions_have_colours_the_others_a_quiet_line(scene: Scene) -> None:
    picture = draw_overlay(scene, DISTANCE)
    assert has_colour(picture, BOXES[0], colour_of(0))
    assert has_colour(picture, BOXES[1], colour_of(1))
    assert has_colour(picture, BOXES[2], QUIET)
    assert not any(has_colour(picture, BOXES[2], colour) for colour in REFERENCED)


def test_masks_are_tinted_and_outlined(scene: Scene) -> None:
    masked = replace(
        scene, regions=tuple(replace(r, mask=mask_of(r.box_px)) for r in scene.regions)
    )
    picture = draw_overlay(masked, replace(DISTANCE, category=Category.LEFT_RIGHT))
    x0, y0, x1, y1 = (int(value) for value in BOXES[0])
    assert tuple(picture[y0 + 20, x0]) == colour_of(0)
    inside = picture[(y0 + y1) // 2, (x0 + x1) // 2]
    assert tuple(inside) not in {(100, 100, 100), colour_of(0)}
    assert (picture[y0 + 20, x1 + 12] == 100).all()


def test_the_line_of_a_distance_runs_between_the_two(scene: Scene) -> None:
    between = (100.0, 60.0, 180.0, 140.0)
    assert marked(scene, draw_overlay(scene, DISTANCE), between)
    assert not marked(
        scene, draw_overlay(scene, replace(DISTANCE, category=Category.LEFT_RIGHT)), between
    )


def test_the_bar_is_where_it_hides_less(scene: Scene) -> None:
    low = replace(scene, regions=(Region((20.0, 180.0, 300.0, 240.0), 'pallet', 1.0, 'low'),))
    answer = Answer(Category.WHERE, '0 0 1', 'low is here.', regions=(0,), question_positions=(0,))
    assert (draw_overlay(low, answer)[0] != 100).any()
    assert (draw_overlay(scene, DISTANCE)[0] == 100).all()


def test_without_an_answer_every_region_is_named(scene: Scene) -> None:
    picture = draw_overlay(scene)
    for x0, y0, x1, _ in BOXES:
        assert marked(scene, picture, (x0, y0 - 14, x1, y0))


CASES = {
    'no regions': ((), DISTANCE),
    'answer refers to nothing': (BOXES, replace(DISTANCE, regions=(), question_positions=())),
    'region out of range': (BOXES, replace(DISTANCE, regions=(0, 99))),
    'one region twice': (BOXES, replace(DISTANCE, regions=(0, 0), question_positions=(0, 1))),
    'positions missing': (BOXES, replace(DISTANCE, question_positions=())),
    'not a number': (BOXES, replace(DISTANCE, value=float('nan'))),
    'box of less than a pixel': (((5.2, 5.2, 5.4, 5.4), (318.9, 239.1, 320.0, 240.0)), DISTANCE),
    'box of the whole picture': (((0.0, 0.0, 320.0, 240.0), (0.0, 0.0, 320.0, 240.0)), DISTANCE),
    'endless text': (BOXES, replace(DISTANCE, text='so far ' * 9000)),
    'no text': (BOXES, replace(DISTANCE, text='')),
    'five hundred': (tuple((float(n % 300), n / 3, n % 300 + 9.0, n / 3 + 9.0) for n in range(500)),
                     replace(DISTANCE, regions=tuple(range(500)), question_positions=(-1,) * 500)),
}  # fmt: skip


@pytest.mark.parametrize(('boxes', 'answer'), CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize('size_px', [SIZE_PX, (64, 48)], ids=['small', 'tiny'])
def test_nothing_breaks_it(boxes: tuple, answer: Answer, size_px: tuple[int, int]) -> None:
    width, height = size_px
    regions = tuple(
        Region(
            (min(x0, width - 1), min(y0, height - 1), min(x1, width), min(y1, height)),
            'pallet',
            1.0,
            f'päl{n}🤖',
        )
        for n, (x0, y0, x1, y1) in enumerate(boxes)
    )
    picture = draw_overlay(Scene(regions, size_px), answer, question='?' * 5000)
    assert picture.shape == (height, width, 3)


def test_a_buffer_is_outlined_as_it_lies_on_the_floor() -> None:
    """Looking straight down from 4 m, its measured corners are those of its box."""
    camera = Camera(*SIZE_PX, 200.0, 200.0, 159.5, 119.5)
    box = (60.0, 60.0, 260.0, 180.0)
    scene = Scene(
        (Region(box, 'buffer', 1.0, 'buffer_1', mask_of(box)),),
        SIZE_PX,
        colour=np.full((*SIZE_PX[::-1], 3), 100, np.uint8),
        depth=DepthImage(np.full(SIZE_PX[::-1], 4000, np.uint16), 0.001),
        camera=camera,
    )
    picture = draw_overlay(
        scene, Answer(Category.COUNT, 0, 'none', 0, regions=(0,), question_positions=(0,))
    )
    edge = [picture[120, 60], picture[120, 259], picture[60, 200], picture[179, 160]]
    assert all(tuple(pixel) == colour_of(0) for pixel in edge)


def test_erosion_takes_what_is_near_the_outside() -> None:
    mask = np.zeros((9, 9), bool)
    mask[1:8, 1:8] = True
    kept = np.zeros((9, 9), bool)
    kept[3:6, 3:6] = True
    assert (eroded(mask, 2) == kept).all()
    assert not eroded(np.ones((3, 3), bool), 2).any()


def test_ink_contrasts_with_every_colour() -> None:
    def luminance(colour: tuple[int, int, int]) -> float:
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
            for c in (v / 255 for v in colour)
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for colour in (*REFERENCED, QUIET):
        bright, dark = sorted((luminance(colour), luminance(ink_on(colour))), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, colour
