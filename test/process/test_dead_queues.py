# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Queues of a process that was killed are left to those who still write into them."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from smolrgpt_ros.process.dead_queues import dead_queues_untouched

pytestmark = pytest.mark.skipif(sys.platform != 'linux', reason='reads /proc')

_MAPS = """
import mmap, sys
with open(sys.argv[1], 'r+b') as file, mmap.mmap(file.fileno(), 0):
    print('mapped', flush=True)
    sys.stdin.read()
"""


def made(queue: Path) -> Path:
    queue.write_bytes(bytes(4096))
    lock_of(queue).touch()
    return queue


def lock_of(queue: Path) -> Path:
    return queue.with_name(f'{queue.name}_el')


@contextmanager
def read_by_its_owner(queue: Path) -> Iterator[None]:
    with lock_of(queue).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def written_into(queue: Path) -> Iterator[None]:
    """Another process has it open, as one that sends to its reader."""
    command = [sys.executable, '-c', _MAPS, str(queue)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b'mapped\n'
        yield
        assert process.stdin is not None
        process.stdin.close()


def can_be_taken(queue: Path) -> bool:
    with lock_of(queue).open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@pytest.mark.parametrize('name', ['fastdds_port7411', 'fastrtps_port7411'])
@pytest.mark.parametrize(
    ('states', 'taken', 'untouched'),
    [
        pytest.param([], True, False, id='dead, and nobody writes into it'),
        pytest.param([written_into], False, True, id='dead, and somebody writes into it'),
        pytest.param([read_by_its_owner], False, False, id='read'),
        pytest.param([read_by_its_owner, written_into], False, False, id='read and written into'),
    ],
)
def test_nobody_takes_what_others_write_into(
    tmp_path: Path, name: str, states: list, taken: bool, untouched: bool
):
    queue = made(tmp_path / name)
    with ExitStack() as held:
        for state in states:
            held.enter_context(state(queue))
        with dead_queues_untouched(tmp_path) as names:
            assert names == ({name} if untouched else set())
            assert can_be_taken(queue) == taken
        assert can_be_taken(queue) == (read_by_its_owner not in states)


@pytest.mark.parametrize(
    'name', ['fastdds_5a0bd1f6e8f3c1d2', 'sem.fastdds_port7411_mutex', 'port7411', 'notes_el']
)
def test_other_files_are_none(tmp_path: Path, name: str):
    queue = made(tmp_path / name)
    with written_into(queue), dead_queues_untouched(tmp_path) as names:
        assert names == set()
        assert can_be_taken(queue)


@pytest.mark.parametrize(
    'folder', ['nowhere', 'a file'], ids=['no shared memory', 'shared memory is no folder']
)
def test_where_there_is_none_there_is_nothing_to_do(tmp_path: Path, folder: str):
    (tmp_path / 'a file').touch()
    with dead_queues_untouched(tmp_path / folder) as names:
        assert names == set()


def test_what_cannot_be_opened_is_passed_over(tmp_path: Path):
    queue = made(tmp_path / 'fastdds_port7411')
    lock_of(queue).unlink()
    lock_of(queue).symlink_to(tmp_path / 'nowhere')
    with dead_queues_untouched(tmp_path) as names:
        assert names == set()


def test_locks_are_given_back_when_the_start_fails(tmp_path: Path):
    queue = made(tmp_path / 'fastdds_port7411')
    with written_into(queue):
        with pytest.raises(RuntimeError, match='no start'), dead_queues_untouched(tmp_path):
            raise RuntimeError('no start')
        assert can_be_taken(queue)
