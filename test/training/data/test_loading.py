# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import itertools
import multiprocessing
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_pictures import Plain

from smolrgpt_ros.training.data.loading import LoadingError, PictureStream
from smolrgpt_ros.training.data.synthetic import SyntheticPictures
from smolrgpt_ros.warehouse.records import RecordError


def names(stream: PictureStream, most: int = 100) -> list[tuple[int, str, int]]:
    return [
        (number, picture.name, int(picture.colour[0, 0, 0]))
        for number, picture in itertools.islice(stream, most)
    ]


def gone(seconds: float = 5.0) -> bool:
    """Whether all worker processes of this one end in time."""
    end = time.monotonic() + seconds
    while multiprocessing.active_children():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@given(
    start=st.integers(0, 40),
    world=st.integers(1, 5),
    place=st.integers(0, 100),
    count=st.integers(0, 40),
)
def test_shares_are_disjoint_and_whole(start, world, place, count):
    streams = [PictureStream(Plain(count), start, world, rank) for rank in range(world)]
    seen = [number for stream in streams for number, *_ in names(stream)]
    assert sorted(seen) == list(range(start, count))
    own = [number for number, *_ in names(streams[place % world])]
    assert own == [n for n in range(start, count) if (n - start) % world == place % world]


@pytest.mark.parametrize(
    ('start', 'world', 'workers', 'ahead'), [(0, 1, 1, 1), (7, 2, 3, 1), (20, 3, 2, 4)]
)
def test_workers_change_nothing(start, world, workers, ahead):
    source = Plain()
    alone = PictureStream(source, start, world, world - 1)
    shared = PictureStream(source, start, world, world - 1, workers, ahead)
    assert names(shared) == names(alone)
    assert gone()


def test_synthetic_pictures_are_the_same_from_workers():
    source = SyntheticPictures(1, size_px=(64, 64), questions=8)
    alone = itertools.islice(PictureStream(source, 5), 3)
    shared = itertools.islice(PictureStream(source, 5, workers=2), 3)
    for (number, mine), (other_number, other) in zip(alone, shared, strict=True):
        assert number == other_number
        assert (mine.colour == other.colour).all()
        assert mine.camera == other.camera
        assert [q.text for q in mine.questions] == [q.text for q in other.questions]
    del shared
    assert gone()


def test_an_endless_source_is_left_at_any_time():
    stream = iter(PictureStream(Plain(sys.maxsize), workers=2))
    assert next(stream)[0] == 0
    stream.close()
    assert gone()


@pytest.mark.parametrize('workers', [0, 2])
def test_an_error_comes_in_its_turn(workers):
    stream = iter(PictureStream(Plain(malformed=5), workers=workers))
    assert [next(stream)[0] for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(RecordError, match='record r7: is malformed'):
        next(stream)
    assert gone()


def test_an_error_that_cannot_cross_comes_in_words():
    with pytest.raises(LoadingError, match='Odd'):
        names(PictureStream(Plain(unpicklable=0), workers=1))
    assert gone()


def test_a_worker_that_is_killed_is_told():
    with pytest.raises(LoadingError, match=r'picture 3 is gone \(exit code -9\)'):
        names(PictureStream(Plain(killed=3), workers=2))
    assert gone()


def test_an_exception_in_the_loop_ends_the_workers():
    def learn() -> None:
        for number, _ in PictureStream(Plain(sys.maxsize), workers=2):
            if number == 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learn()
    assert gone()


ORPHANS = """
import sys
sys.path.insert(0, {folder!r})
from plain_pictures import Plain
from smolrgpt_ros.training.data.loading import PictureStream
import multiprocessing, os, signal
if __name__ == '__main__':
    stream = iter(PictureStream(Plain(sys.maxsize), workers=2))
    next(stream)
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_no_orphans_when_the_process_is_killed(tmp_path):
    script = tmp_path / 'killed.py'
    script.write_text(ORPHANS.format(folder=str(Path(__file__).parent)))
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr
    workers = [int(pid) for pid in done.stdout.split()]
    assert len(workers) == 2
    end = time.monotonic() + 10.0
    while any(_runs(pid) for pid in workers):
        assert time.monotonic() < end, 'workers outlive the process that they work for'
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        return Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] != 'Z'
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        ({'start': -1}, 'start'),
        ({'workers': -1}, 'workers'),
        ({'world': 2, 'rank': 2}, r'rank must be in \[0, 2\), not 2'),
        ({'ahead': 0}, 'ahead'),
    ],
)
def test_refused(values, message):
    with pytest.raises(ValueError, match=message):
        PictureStream(Plain(), **values)
