# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A real Kinect frame from the command line: sides, depths and centres as a person reads them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from frames import run

BOXES = {
    'globe': [57, 11, 162, 104],
    'die': [126, 197, 172, 243],
    'magazine': [238, 207, 305, 243],
    'bag': [468, 96, 546, 193],
    'maroon_chair': [4, 262, 240, 478],
    'yellow_chair': [373, 232, 531, 440],
}
# Read in the depth picture by hand: median over the object's own surface, metres along z.
SURFACE_Z_M = {'globe': 2.13, 'die': 2.06, 'magazine': 2.32, 'bag': 2.51}
TOLERANCE_M = 0.10


@pytest.fixture
def arguments(shared_dir: Path, tmp_path: Path) -> list[str]:
    """Options of `ask` for that frame."""
    folder = shared_dir / 'rgbd' / 'tum'
    detections = tmp_path / 'boxes.json'
    detections.write_text(
        json.dumps(
            [{'id': name, 'class': name.split('_')[-1], 'box': box} for name, box in BOXES.items()]
        )
    )
    return [
        'ask', '--image', str(folder / 'color.png'), '--depth', str(folder / 'depth.png'),
        '--depth-scale', '5000', '--camera', '525,525,319.5,239.5',
        '--detections', str(detections), '--json',
    ]  # fmt: skip


def answers(arguments: list[str], *questions: str) -> list[dict]:
    """One object a question."""
    result = run([*arguments, *questions])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_sides_are_as_seen(arguments: list[str]) -> None:
    die, globe = answers(
        arguments,
        'is the die left or right of the magazine?',
        'is the globe left or right of the bag?',
    )
    assert die['normalized'] == 'left'
    assert globe['normalized'] == 'left'


def test_the_bag_is_farther_than_the_die(arguments: list[str]) -> None:
    bag, die = answers(arguments, 'how far is the bag from me?', 'how far is the die from me?')
    assert bag['value'] > die['value'] + 0.1


@pytest.mark.parametrize('name', SURFACE_Z_M)
def test_centres_agree_with_the_depth_picture(arguments: list[str], name: str) -> None:
    (row,) = answers(arguments, f'where is {name}?')
    x, y, z = row['objects'][0]['centre_camera']
    x0, y0, x1, y1 = BOXES[name]
    assert z == pytest.approx(SURFACE_Z_M[name], abs=TOLERANCE_M)
    assert x == pytest.approx(((x0 + x1) / 2 - 319.5) / 525 * z, abs=TOLERANCE_M)
    assert y == pytest.approx(((y0 + y1) / 2 - 239.5) / 525 * z, abs=TOLERANCE_M)
