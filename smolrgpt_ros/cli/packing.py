# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt pack`: a checkpoint folder that needs no network on the robot."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from smolrgpt_ros.cli.problem import Problem


def pack_checkpoint(source: Path, out: Path, tokenizer: Path | None, *, int8: bool) -> None:
    """Write the folder. Raises Problem."""
    try:
        from smolrgpt_ros.models.smolrgpt.errors import SmolRgptError
        from smolrgpt_ros.models.smolrgpt.pack import pack
    except ModuleNotFoundError as error:
        raise Problem(
            f'packing needs {error.name}, which is not installed; install the neural extra: '
            "pip install 'smolrgpt-ros[neural]', or make setup-neural in a checkout"
        ) from error
    try:
        written = pack(source, tokenizer, out, int8=int8)
    except (SmolRgptError, OSError, ValueError) as error:
        raise Problem(str(error)) from error
    size_mb = sum(file.stat().st_size for file in written.rglob('*') if file.is_file()) / 1e6
    Console().print(f'{written}: {size_mb:.0f} MB, complete', highlight=False)
