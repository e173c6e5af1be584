# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt film`: writes a recording of the synthetic warehouse."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from smolrgpt_ros.cli.problem import Problem
from smolrgpt_ros.cli.progress import progress_bar
from smolrgpt_ros.recorded.writing import RecordingError, Shooting, write_recording
from smolrgpt_ros.warehouse.filming import Film


def film_recording(out: Path, film: Film, shooting: Shooting) -> None:
    """Write it and say what is in it. Raises Problem."""
    frames = max(1, round(shooting.duration_s * shooting.rate_hz))
    try:
        with progress_bar('frames', frames) as advance_to:
            count = write_recording(out, film, shooting, advance_to)
    except (OSError, RecordingError) as error:
        raise Problem(str(error)) from error
    Console(stderr=True).print(
        f'{out}: {count} frames in {shooting.duration_s:g} s', highlight=False, markup=False
    )
