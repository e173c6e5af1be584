# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip('torch')

from tiny_giant import MICRO  # noqa: E402
from tiny_smolrgpt import pictures  # noqa: E402

from smolrgpt_ros.models.tinygiant import TinyGiantVLM, load, pack_random  # noqa: E402


@pytest.fixture(scope='session')
def micro_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack_random(tmp_path_factory.mktemp('micro') / 'checkpoint', seed=1, config=MICRO)


@pytest.fixture(scope='session')
def micro(micro_folder: Path) -> TinyGiantVLM:
    return load(micro_folder)


@pytest.fixture(scope='session')
def micro_frame(micro: TinyGiantVLM):
    return micro.encode(*pictures())
