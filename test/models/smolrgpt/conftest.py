# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip('torch')

from tiny_smolrgpt import TINY, pictures  # noqa: E402

from benchmarks.model_agreement import golden_checkpoint  # noqa: E402
from smolrgpt_ros.models.smolrgpt import SmolRGPT, load, pack_random  # noqa: E402


@pytest.fixture(scope='session')
def golden_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return golden_checkpoint(tmp_path_factory.mktemp('golden') / 'checkpoint')


@pytest.fixture(scope='session')
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack_random(tmp_path_factory.mktemp('tiny') / 'checkpoint', seed=1, config=TINY)


@pytest.fixture(scope='session')
def tiny(tiny_folder: Path) -> SmolRGPT:
    return load(tiny_folder)


@pytest.fixture(scope='session')
def tiny_frame(tiny: SmolRGPT):
    return tiny.encode(*pictures())
