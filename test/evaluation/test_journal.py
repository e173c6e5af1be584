# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Journals that are damaged, in use, or no journals at all; who works on what."""

from __future__ import annotations

from pathlib import Path

import pytest

from smolrgpt_ros.evaluation.fingerprint import engine_identity
from smolrgpt_ros.evaluation.journal import Journal, JournalError, read_journal
from smolrgpt_ros.evaluation.outcome import PictureOutcome
from smolrgpt_ros.evaluation.sharding import Shard, keep_own_gpu, shard_of
from smolrgpt_ros.reasoning.registry import EngineOptions

PICTURE = PictureOutcome(0, 'a.png', ())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Journal(tmp_path / 'run.jsonl', {'engine': 'x'}) as journal:
        journal.add(PICTURE)
        journal.add(PictureOutcome(1, 'b.png', ()))
    return journal.path


def test_what_was_added_is_there(path: Path) -> None:
    with Journal(path, {'engine': 'x'}) as journal:
        assert list(journal.done) == [0, 1]
        assert not journal.whole
        journal.finish()
        journal.finish()
    assert read_journal(path).whole
    assert path.read_bytes().count(b'\n') == 4


def test_a_damaged_line_in_the_middle_is_told_and_the_file_left(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1][:20] + b'\n' + lines[2])
    before = path.read_bytes()
    with pytest.raises(JournalError, match='line 2'):
        Journal(path, {'engine': 'x'})
    assert path.read_bytes() == before


@pytest.mark.parametrize('content', [b'[1, 2]\n', b'notes of mine\n', b'notes', b'{"a": 1}\n'])
def test_another_file_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / 'notes.txt'
    path.write_bytes(content)
    with pytest.raises(JournalError, match='no journal'):
        Journal(path, {})
    assert path.read_bytes() == content


def test_two_at_once_are_refused(path: Path) -> None:
    with Journal(path, {'engine': 'x'}), pytest.raises(JournalError, match='another process'):
        Journal(path, {'engine': 'x'})


def test_both_values_of_another_run_are_named(path: Path) -> None:
    with pytest.raises(JournalError, match=r"engine is 'x' there and 'y' now; .*seed is None.*3"):
        Journal(path, {'engine': 'y', 'seed': 3})


def test_a_checkpoint_is_known_by_its_content(tmp_path: Path) -> None:
    for name in ('one', 'two'):
        (tmp_path / name).mkdir()
        (tmp_path / name / 'config.json').write_text('{}')
    one, two = (EngineOptions(checkpoint=str(tmp_path / name)) for name in ('one', 'two'))
    assert engine_identity('smolrgpt', one) == engine_identity('smolrgpt', two)
    (tmp_path / 'two' / 'config.json').write_text('{"a": 1}')
    assert engine_identity('smolrgpt', one) != engine_identity('smolrgpt', two)
    assert engine_identity('geometric', one) == {'engine': 'geometric'}


def test_shards_divide_the_pictures(tmp_path: Path) -> None:
    shards = [Shard(rank, 3) for rank in range(3)]
    assert [[s.has(index) for s in shards].count(True) for index in range(10)] == [1] * 10
    assert len({s.journal(tmp_path / 'a') for s in shards}) == 3
    assert Shard().journal(tmp_path / 'a') == tmp_path / 'a'


@pytest.mark.parametrize(
    ('environment', 'expected'),
    [
        ({}, Shard()),
        ({'RANK': '1'}, Shard()),
        ({'RANK': '3', 'WORLD_SIZE': '4', 'LOCAL_RANK': '1'}, Shard(3, 4, 1)),
    ],
)
def test_what_torchrun_says(environment, expected) -> None:
    assert shard_of(environment) == expected


@pytest.mark.parametrize(
    'environment',
    [{'RANK': 'x', 'WORLD_SIZE': '2'}, {'RANK': '2', 'WORLD_SIZE': '2'},
     {'RANK': '-1', 'WORLD_SIZE': '2'}],
)  # fmt: skip
def test_nonsense_of_the_environment_is_refused(environment) -> None:
    with pytest.raises(ValueError, match='RANK'):
        shard_of(environment)


@pytest.mark.parametrize(
    ('shard', 'before', 'after'),
    [
        (Shard(), {}, {}),
        (Shard(3, 4, 1), {}, {'CUDA_VISIBLE_DEVICES': '1'}),
        (Shard(1, 2, 1), {'CUDA_VISIBLE_DEVICES': '4,7'}, {'CUDA_VISIBLE_DEVICES': '7'}),
        (Shard(1, 2, 1), {'CUDA_VISIBLE_DEVICES': '4'}, {'CUDA_VISIBLE_DEVICES': '4'}),
        (Shard(1, 2, 1), {'CUDA_VISIBLE_DEVICES': ''}, {'CUDA_VISIBLE_DEVICES': ''}),
    ],
)
def test_each_rank_keeps_a_gpu_of_its_own(shard, before, after) -> None:
    keep_own_gpu(shard, before)
    assert before == after
