# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A process whose queue others cannot find any more says so."""

from __future__ import annotations

import fcntl
import mmap
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from smolrgpt_ros.process.hearing import Hearing
from smolrgpt_ros.process.shared_memory import lock_of

pytestmark = pytest.mark.skipif(sys.platform != 'linux', reason='reads /proc')


def mapped(path: Path) -> mmap.mmap:
    with path.open('r+b') as file:
        return mmap.mmap(file.fileno(), 0)


@contextmanager
def locked(queue: Path) -> Iterator[int]:
    """As the process has it that reads the queue; gives the descriptor."""
    with lock_of(queue).open('w') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


@pytest.fixture(params=['fastdds_port7411', 'fastrtps_port7411'])
def queue(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A queue that this process reads, as Fast DDS has it: mapped, and its lock held."""
    path = tmp_path / request.param
    path.write_bytes(bytes(4096))
    with locked(path), mapped(path):
        yield path


def hearing(folder: Path) -> Hearing:
    return Hearing(shared_memory=folder)


def test_one_that_others_find_is_heard(queue: Path):
    here = hearing(queue.parent)
    assert [here.look() for _ in range(3)] == ['', '', '']


@pytest.mark.parametrize('other', [None, bytes(4096)], ids=['gone', 'another in its place'])
def test_one_that_others_do_not_find_is_told_until_it_is_back(queue: Path, other: bytes | None):
    here = hearing(queue.parent)
    assert here.look() == ''
    aside = queue.rename(queue.with_name('aside'))
    if other is not None:
        queue.write_bytes(other)
    assert here.look() == ''  # it may just be being replaced
    told = here.look()
    assert queue.name in told
    assert here.look() == told
    aside.rename(queue)
    assert here.look() == ''


def test_one_whose_lock_was_removed_as_well_is_told(queue: Path):
    here = hearing(queue.parent)
    assert here.look() == ''
    queue.unlink()
    lock_of(queue).unlink()
    assert here.look() == ''
    assert queue.name in here.look()


def test_one_that_the_process_has_closed_is_forgotten(tmp_path: Path):
    path, here = tmp_path / 'fastdds_port7415', hearing(tmp_path)
    path.write_bytes(bytes(4096))
    with locked(path), mapped(path):
        assert here.look() == ''
    path.unlink()
    lock_of(path).unlink()
    assert [here.look() for _ in range(3)] == ['', '', '']


def test_one_that_was_replaced_and_is_read_is_heard(queue: Path):
    here = hearing(queue.parent)
    assert here.look() == ''
    queue.unlink()
    queue.write_bytes(bytes(4096))
    with mapped(queue):
        assert [here.look() for _ in range(3)] == ['', '', '']


def test_queues_of_other_processes_are_their_own_affair(tmp_path: Path):
    path = tmp_path / 'fastdds_port7413'
    path.write_bytes(bytes(4096))
    here = hearing(tmp_path)
    with mapped(path):  # written to, not read
        assert here.look() == ''
        path.unlink()
        assert [here.look() for _ in range(3)] == ['', '', '']


LOOK = """
import sys
from pathlib import Path
from smolrgpt_ros.process.hearing import Hearing
from smolrgpt_ros.process.shared_memory import lock_of

here = Hearing(shared_memory=Path(sys.argv[1]))
print(here.queues(), [here.look() for _ in range(3)])
"""


def looked_by_child(folder: Path) -> str:
    """What a process tells that has all files open that this one has and may leave to it."""
    command = [sys.executable, '-c', LOOK, str(folder)]
    return subprocess.run(
        command, close_fds=False, check=True, capture_output=True, text=True
    ).stdout


def test_queues_of_the_parent_are_its_own_affair(tmp_path: Path):
    path = tmp_path / 'fastdds_port7413'
    path.write_bytes(bytes(4096))
    with locked(path) as descriptor, mapped(path):
        os.set_inheritable(descriptor, True)
        assert hearing(tmp_path).queues() == {path.name}
        assert looked_by_child(tmp_path) == "set() ['', '', '']\n"


def test_a_lock_file_that_is_only_looked_at_is_no_queue(tmp_path: Path):
    path = tmp_path / 'fastdds_port7413'
    with lock_of(path).open('w'):
        assert hearing(tmp_path).queues() == set()


def test_without_proc_there_is_nothing_to_tell(tmp_path: Path):
    here = Hearing(process=tmp_path / 'none', shared_memory=tmp_path / 'none')
    assert [here.look() for _ in range(3)] == ['', '', '']


def test_what_fast_dds_does_is_what_is_looked_for(ros_domain: int):
    """A participant of this process holds the lock of a queue and has it mapped."""
    rclpy = pytest.importorskip('rclpy')
    if rclpy.get_rmw_implementation_identifier() != 'rmw_fastrtps_cpp':
        pytest.skip('another middleware')
    context = rclpy.context.Context()
    rclpy.init(context=context)
    node = rclpy.create_node('listener', context=context)
    try:
        here = Hearing()
        assert [here.look() for _ in range(3)] == ['', '', '']
        assert here.queues()
        # As `ros2 launch` starts it, whose own node reads queues.
        assert looked_by_child(Path('/dev/shm')) == "set() ['', '', '']\n"
    finally:
        node.destroy_node()
        context.try_shutdown()
