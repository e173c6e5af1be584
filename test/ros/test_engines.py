# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""When engines are loaded, freed, and tried again."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from stand_in_engines import SlowEngine

from smolrgpt_ros.messages.status import QueryError
from smolrgpt_ros.reasoning.registry import EngineError, EngineOptions
from smolrgpt_ros.ros import engine_trouble
from smolrgpt_ros.ros.engine_trouble import after_death, after_failed_loading
from smolrgpt_ros.ros.engines import Engines


class Loading:
    """Loads engines, or raises while the checkpoint has no weights."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.loaded = 0

    def __call__(self, name: str, options: EngineOptions) -> SlowEngine:
        if not (self.folder / 'model.safetensors').exists():
            raise EngineError('no weights')
        self.loaded += 1
        return SlowEngine()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / 'model.safetensors').write_text('1')
    return tmp_path


def engines_of(folder: Path) -> tuple[Engines, Loading]:
    loading = Loading(folder)
    return Engines(EngineOptions(checkpoint=str(folder)), loading), loading


def test_what_failed_is_tried_again_once_its_files_have_changed(folder: Path):
    (folder / 'model.safetensors').unlink()
    engines, loading = engines_of(folder)
    for _ in range(2):
        with pytest.raises(QueryError, match='no weights'):
            engines.get('smolrgpt')
    assert engines.named('') == 'verified', 'nobody has tried that one yet'
    (folder / 'model.safetensors').write_text('1')
    assert engines.get('smolrgpt')
    assert (engines.problems, loading.loaded) == ({}, 1)


def test_who_names_none_is_measured_until_the_network_is_there(folder: Path):
    (folder / 'model.safetensors').unlink()
    engines, _ = engines_of(folder)
    with pytest.raises(QueryError):
        engines.get(engines.named(''))
    assert engines.named('') == 'geometric'
    (folder / 'model.safetensors').write_text('1')
    assert engines.named('') == 'verified'


def test_one_that_died_rests_and_is_loaded_again(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine_trouble, 'FIRST_WAIT_S', 0.05)
    engines, loading = engines_of(folder)
    engines.get('smolrgpt')
    engines.died('smolrgpt', RuntimeError('CUDA error'))
    with pytest.raises(QueryError, match='died and will be loaded again: RuntimeError: CUDA error'):
        engines.get('smolrgpt')
    assert 'CUDA error' in engines.current_problems['smolrgpt']
    time.sleep(0.06)
    assert engines.get('smolrgpt')
    assert loading.loaded == 2


def test_measuring_holds_nothing_that_could_die(folder: Path):
    engines, _ = engines_of(folder)
    engine = engines.get('geometric')
    engines.died('geometric', RuntimeError('a bug'))
    assert engines.get('geometric') is engine


def test_changed_files_are_noted_until_they_are_taken_over(folder: Path):
    engines, _ = engines_of(folder)
    engines.get('smolrgpt')
    assert engines.current_notes == {}
    (folder / 'config.json').write_text('{}')
    assert 'have changed since they were loaded' in engines.current_notes['smolrgpt']
    engines.close()
    engines.get('smolrgpt')
    assert engines.current_notes == {}


@pytest.mark.parametrize(
    ('trouble', 'low_s', 'high_s'),
    [
        pytest.param(lambda: after_failed_loading('x', (), 0.01), 0.4, 0.5, id='fails at once'),
        pytest.param(lambda: after_failed_loading('x', (), 2.0), 19.0, 20.0, id='takes long'),
        pytest.param(lambda: after_failed_loading('x', (), 99.0), 59.0, 60.0, id='takes minutes'),
        pytest.param(lambda: after_death('x', (), 1), 0.4, 0.5, id='first death'),
        pytest.param(lambda: after_death('x', (), 3), 0.4, 0.5, id='third death'),
        pytest.param(lambda: after_death('x', (), 5), 1.9, 2.0, id='fifth death'),
        pytest.param(lambda: after_death('x', (), 99), 59.0, 60.0, id='dies and dies'),
    ],
)
def test_rests(trouble, low_s: float, high_s: float):
    assert low_s <= trouble().due_s - time.monotonic() <= high_s
