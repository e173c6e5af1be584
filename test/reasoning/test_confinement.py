# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Folders that a network may be loaded from, and every way out of them."""

from __future__ import annotations

import os
import pickle
import re
import shutil
from pathlib import Path

import pytest

from smolrgpt_ros.reasoning.confinement import ConfinementError, real_folder
from smolrgpt_ros.reasoning.registry import (
    PACKAGED_CHECKPOINT,
    EngineError,
    EngineOptions,
    load_engine,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Networks in a root, one outside of it, and links of every kind."""
    root = tmp_path / 'networks'
    for folder in (root / 'good', root / 'linked_out', tmp_path / 'elsewhere'):
        folder.mkdir(parents=True)
        (folder / 'config.json').write_text('{}')
    (tmp_path / 'elsewhere' / 'model.safetensors').write_bytes(b'weights')
    (root / 'linked_out' / 'model.safetensors').symlink_to(
        tmp_path / 'elsewhere' / 'model.safetensors'
    )
    (root / 'alias').symlink_to(root / 'good')
    (root / 'way_out').symlink_to(tmp_path / 'elsewhere')
    (root / 'ring').symlink_to(root / 'ring')
    (root / 'broken').symlink_to(root / 'nothing')
    (root / 'file').write_text('no folder')
    (root / 'piped').mkdir()
    os.mkfifo(root / 'piped' / 'model.safetensors')
    # A neighbour whose name begins like the root's.
    (tmp_path / 'networks_of_others').mkdir()
    return root


@pytest.mark.parametrize('path', ['good', './good', 'alias', 'good/../good', '{root}/good'])
def test_inside(root: Path, path: str):
    assert real_folder(path.format(root=root), str(root)) == (root / 'good').resolve()


def test_the_root_itself(root: Path):
    (root / 'piped' / 'model.safetensors').unlink()
    for name in ('linked_out', 'way_out', 'ring', 'broken', 'alias'):
        place = root / name
        place.unlink() if place.is_symlink() else (place / 'model.safetensors').unlink()
    assert real_folder('.', str(root)) == root.resolve()


@pytest.mark.parametrize(
    ('path', 'why'),
    [
        pytest.param('../elsewhere', 'outside of checkpoint_root', id='dots'),
        pytest.param('good/../../elsewhere', 'outside of checkpoint_root', id='dots further on'),
        pytest.param('{root}/../elsewhere', 'outside of checkpoint_root', id='absolute dots'),
        pytest.param('/', 'outside of checkpoint_root', id='absolute'),
        pytest.param('../networks_of_others', 'outside of checkpoint_root', id='similar name'),
        pytest.param('way_out', 'outside of checkpoint_root', id='a link out'),
        pytest.param('linked_out', 'outside of checkpoint_root', id='a link out inside'),
        pytest.param('ring', 'ring', id='a ring of links'),
        pytest.param('broken', 'is no folder', id='a link to nothing'),
        pytest.param('nothing', 'is no folder', id='nothing there'),
        pytest.param('file', 'is a file and no folder', id='a file'),
        pytest.param('piped', 'model.safetensors is no regular file', id='a pipe inside'),
        pytest.param('go\0od', 'cannot be followed', id='a NUL'),
        pytest.param('x' * 5000, 'cannot be followed', id='too long a name'),
    ],
)
def test_refused(root: Path, path: str, why: str):
    with pytest.raises(ConfinementError, match=re.escape(why)):
        real_folder(path.format(root=root), str(root))


def test_a_root_that_is_none(root: Path):
    with pytest.raises(ConfinementError, match=r"checkpoint_root '.*nothing' is no folder"):
        real_folder('good', str(root / 'nothing'))


def test_without_a_root_any_folder_will_do(root: Path, monkeypatch: pytest.MonkeyPatch):
    elsewhere = (root.parent / 'elsewhere').resolve()
    monkeypatch.chdir(root)
    assert real_folder('../elsewhere') == real_folder(str(root / 'way_out')) == elsewhere
    assert real_folder('linked_out') == (root / 'linked_out').resolve()
    with pytest.raises(ConfinementError, match='no regular file'):
        real_folder('piped')


def test_engines_are_confined(root: Path):
    pytest.importorskip('torch')
    for name in ('smolrgpt', 'tinygiant'):
        options = EngineOptions(checkpoint='../elsewhere', checkpoint_root=str(root))
        with pytest.raises(EngineError, match='outside of checkpoint_root'):
            load_engine(name, options)


def test_the_network_in_the_package_needs_no_root(root: Path):
    pytest.importorskip('torch')
    engine = load_engine('smolrgpt', EngineOptions(device='cpu', checkpoint_root=str(root)))
    engine.close()


class _Runs:
    """What a pickle may hold: unpickling it would make a folder."""

    def __init__(self, folder: Path):
        self.folder = folder

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize('name', ['pytorch_model.bin', 'model.pt', 'model.safetensors'])
def test_pickled_weights_are_never_run(tmp_path: Path, name: str):
    pytest.importorskip('torch')
    for file in ('config.json', 'tokenizer.json'):
        shutil.copy(PACKAGED_CHECKPOINT / file, tmp_path / file)
    (tmp_path / name).write_bytes(pickle.dumps(_Runs(tmp_path / 'has_run')))
    with pytest.raises(EngineError, match='safetensors'):
        load_engine('smolrgpt', EngineOptions(checkpoint=str(tmp_path), device='cpu'))
    assert not (tmp_path / 'has_run').exists()
