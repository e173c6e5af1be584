# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What killed processes have left: queues are left to those who write, segments are removed."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from smolrgpt_ros.process.remains import dead_queues_untouched, remove_dead_segments
from smolrgpt_ros.process.shared_memory import lock_of

pytestmark = pytest.mark.skipif(sys.platform != 'linux', reason='reads /proc')

_MAPS = """
import mmap, sys
with open(sys.argv[1], 'r+b') as file, mmap.mmap(file.fileno(), 0):
    print('mapped', flush=True)
    sys.stdin.read()
"""

# As one that sends to the dead: what it makes nobody reads, and it closes it again.
_MAKES_ANEW = """
import mmap, os, sys, time
print('begun', flush=True)
while True:
    with open(sys.argv[1], 'w+b') as file:
        file.truncate(4096)
        with mmap.mmap(file.fileno(), 0):
            time.sleep(0.0005)
            os.unlink(sys.argv[1])
"""


def made(queue: Path) -> Path:
    queue.write_bytes(bytes(4096))
    lock_of(queue).touch()
    return queue


@contextmanager
def owned(queue: Path) -> Iterator[None]:
    with lock_of(queue).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def opened(file: Path) -> Iterator[None]:
    """Another process has it open, as one that sends to its reader."""
    command = [sys.executable, '-c', _MAPS, str(file)]
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
        pytest.param([opened], False, True, id='dead, and somebody writes into it'),
        pytest.param([owned], False, False, id='read'),
        pytest.param([owned, opened], False, False, id='read and written into'),
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
        assert can_be_taken(queue) == (owned not in states)


@pytest.mark.parametrize(
    'name', ['fastdds_5a0bd1f6e8f3c1d2', 'sem.fastdds_port7411_mutex', 'port7411', 'notes_el']
)
def test_other_files_are_none(tmp_path: Path, name: str):
    queue = made(tmp_path / name)
    with opened(queue), dead_queues_untouched(tmp_path) as names:
        assert names == set()
        assert can_be_taken(queue)


@pytest.mark.parametrize(
    'folder', ['nowhere', 'a file'], ids=['no shared memory', 'shared memory is no folder']
)
def test_where_there_is_none_there_is_nothing_to_do(tmp_path: Path, folder: str):
    (tmp_path / 'a file').touch()
    with dead_queues_untouched(tmp_path / folder) as names:
        assert names == set()


def test_a_removed_queue_counts_as_long_as_somebody_has_it_open(tmp_path: Path):
    """Fast DDS removes a queue of the dead, and one process after the other notices."""
    queue = made(tmp_path / 'fastdds_port7411')
    with opened(queue):
        queue.unlink()
        lock_of(queue).unlink()
        with dead_queues_untouched(tmp_path) as names:
            assert names == {queue.name}
            assert not can_be_taken(queue)
        assert can_be_taken(queue)


def test_what_writers_have_made_anew_is_taken_over(tmp_path: Path):
    """They hear its reader at once; left alone, Fast DDS would wait for itself."""
    queue = made(tmp_path / 'fastdds_port7411')
    lock_of(queue).unlink()
    with opened(queue), dead_queues_untouched(tmp_path) as names:
        assert names == set()
        assert not lock_of(queue).exists()


def test_what_writers_make_anew_again_and_again_is_taken_over(tmp_path: Path):
    queue = tmp_path / 'fastdds_port7411'
    command = [sys.executable, '-c', _MAKES_ANEW, str(queue)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b'begun\n'
        try:
            for _ in range(20):
                with dead_queues_untouched(tmp_path) as names:
                    assert names == set()
        finally:
            process.kill()


def test_what_not_all_write_into_anew_is_left_alone(tmp_path: Path):
    queue = made(tmp_path / 'fastdds_port7411')
    lock_of(queue).unlink()
    with opened(queue):
        queue.unlink()
        made(queue)
        lock_of(queue).unlink()
        with opened(queue), dead_queues_untouched(tmp_path) as names:
            assert names == {queue.name}


def test_a_link_in_place_of_a_lock_is_not_followed(tmp_path: Path):
    queue = made(tmp_path / 'fastdds_port7411')
    lock_of(queue).unlink()
    lock_of(queue).symlink_to(tmp_path / 'nowhere')
    with opened(queue), dead_queues_untouched(tmp_path) as names:
        assert names == set()
    assert not (tmp_path / 'nowhere').exists()


def test_locks_are_given_back_when_the_start_fails(tmp_path: Path):
    queue = made(tmp_path / 'fastdds_port7411')
    with opened(queue):
        with pytest.raises(RuntimeError, match='no start'), dead_queues_untouched(tmp_path):
            raise RuntimeError('no start')
        assert can_be_taken(queue)


SEGMENT = 'fastdds_5a0bd1f6e8f3c1d2'


def aged(queue: Path, age_s: float = 60.0) -> Path:
    made_s = time.time() - age_s
    os.utime(lock_of(queue), (made_s, made_s))
    return queue


@pytest.mark.parametrize('name', [SEGMENT, SEGMENT.replace('dds', 'rtps')])
@pytest.mark.parametrize(
    ('states', 'age_s', 'removed'),
    [
        pytest.param([], 60.0, 4096, id='of the dead'),
        pytest.param([], 0.5, 0, id='just made, not locked yet'),
        pytest.param([opened], 60.0, 0, id='of the dead, and somebody reads it'),
        pytest.param([owned], 60.0, 0, id='of the living'),
        pytest.param([owned, opened], 60.0, 0, id='of the living, and somebody reads it'),
    ],
)
def test_segments_of_the_dead_are_removed(
    tmp_path: Path, name: str, states: list, age_s: float, removed: int
):
    segment = aged(made(tmp_path / name), age_s)
    with ExitStack() as held:
        for state in states:
            held.enter_context(state(segment))
        assert remove_dead_segments(tmp_path) == removed
    assert segment.exists() == lock_of(segment).exists() == (not removed)


@pytest.mark.parametrize('name', ['fastdds_port7411', 'fastdds_notes', f'my_{SEGMENT}', 'el'])
def test_other_files_are_no_segments(tmp_path: Path, name: str):
    file = aged(made(tmp_path / name))
    assert remove_dead_segments(tmp_path) == 0
    assert file.exists()


def test_a_lock_without_its_segment_does_not_stop_the_others(tmp_path: Path):
    lost, left = aged(made(tmp_path / SEGMENT)), aged(made(tmp_path / 'fastdds_0123456789abcdef'))
    lost.unlink()
    assert remove_dead_segments(tmp_path) == 4096
    assert not left.exists()
    assert not lock_of(lost).exists()


@pytest.mark.parametrize('folder', ['nowhere', 'a file'])
def test_where_there_is_no_shared_memory_nothing_is_removed(tmp_path: Path, folder: str):
    (tmp_path / 'a file').touch()
    assert remove_dead_segments(tmp_path / folder) == 0
