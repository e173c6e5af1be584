# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One recording for all tests of this folder; to be copied, never changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from recordings import record


@pytest.fixture(scope='session')
def run_mcap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A single MCAP file with everything in it."""
    return record(tmp_path_factory.mktemp('recorded') / 'run.mcap')
