# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`make demo`, as a new user types it: every question is answered, every answer has a picture."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PIL import Image

from smolrgpt_ros.language.question import Category

PATIENCE_S = 240


def test_the_demo_answers_a_question_of_every_category(ros_domain: int, tmp_path: Path):
    done = subprocess.run(
        [sys.executable, '-m', 'smolrgpt_ros.ros.demo'],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    pictures = {path.stem.split('_', 1)[1]: path for path in (tmp_path / 'demo_out').iterdir()}
    assert pictures.keys() == {category.value for category in Category}
    for path in pictures.values():
        assert Image.open(path).size == (1280, 720)
    assert f'{len(Category)} of {len(Category)} questions answered' in done.stdout
