# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A folder in memory that targets write the files into that they have read."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path


@functools.cache
def scratch(name: str) -> Path:
    """An empty folder of this process, removed at its end."""
    memory = Path('/dev/shm')
    folder = tempfile.mkdtemp(
        prefix=f'smolrgpt_fuzz_{name}_', dir=memory if memory.is_dir() else None
    )
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
