# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Files that `smolrgpt ask` reads: a wall with two boxes before it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from typer.testing import CliRunner, Result

from smolrgpt_ros.cli.app import app
from smolrgpt_ros.cli.problem import Problem

CAMERA = '200,200,79.5,59.5'
BOXES = {'crate': [20, 60, 60, 100], 'drum': [100, 20, 130, 50]}


@dataclass(frozen=True)
class Files:
    """Paths of one frame."""

    folder: Path
    image: Path
    depth: Path
    detections: Path

    def arguments(self, **replaced: str) -> list[str]:
        """Options of `ask`; an empty value leaves one out."""
        options = {
            'image': str(self.image),
            'depth': str(self.depth),
            'camera': CAMERA,
            'detections': str(self.detections),
            **replaced,
        }
        pairs = ((f'--{name.replace("_", "-")}', value) for name, value in options.items() if value)
        return ['ask', *(part for pair in pairs for part in pair)]


def write_files(folder: Path) -> Files:
    """A 160x120 frame: 'crate' 2.8 m and 'drum' 3.4 m in front of a wall 4 m away."""
    depth_mm = np.full((120, 160), 4000, np.uint16)
    for name, distance_mm in (('crate', 2800), ('drum', 3400)):
        x0, y0, x1, y1 = BOXES[name]
        depth_mm[y0:y1, x0:x1] = distance_mm
    files = Files(folder, folder / 'rgb.png', folder / 'depth.png', folder / 'boxes.json')
    Image.fromarray(np.full((120, 160, 3), 90, np.uint8)).save(files.image)
    Image.fromarray(depth_mm).save(files.depth)
    files.detections.write_text(
        json.dumps([{'id': name, 'class': name, 'box': box} for name, box in BOXES.items()])
    )
    return files


def run(arguments: list[str]) -> Result:
    """The command as the entry point runs it, problems turned into sentence and exit code."""
    result = CliRunner().invoke(app, arguments)
    if isinstance(result.exception, Problem):
        result.exit_code = result.exception.exit_code
    return result


def sentence(result: Result) -> str:
    """What the entry point would print to stderr."""
    return str(result.exception) if isinstance(result.exception, Problem) else ''
