# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Every kind of rosbag2 is read; what cannot be read gets a sentence that helps."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from recordings import plan_of, record, replayed
from rosbags.rosbag2 import StoragePlugin, Writer

from smolrgpt_ros.recorded.bag import Bag, BagError, RecordedTopic
from smolrgpt_ros.recorded.message_types import DETECTIONS, IMAGE, known_types
from smolrgpt_ros.recorded.topics import Topics, inputs_of, listed
from smolrgpt_ros.recorded.writing import RecordingError


@pytest.fixture(scope='session')
def expected(run_mcap: Path) -> list[dict]:
    """What is answered about the recording, however it is stored."""
    rows, problems = replayed(run_mcap, plan_of())
    assert problems == {}
    assert [row['status'] for row in rows] == ['OK'] * 4
    return rows


@pytest.mark.parametrize(
    ('name', 'storage', 'compression'),
    [
        pytest.param('run.db3', '', 'none', id='sqlite3 file'),
        pytest.param('run', 'sqlite3', 'none', id='sqlite3 folder'),
        pytest.param('run', 'mcap', 'none', id='mcap folder'),
        pytest.param('run', 'mcap', 'chunk', id='mcap folder, chunks compressed'),
        pytest.param('run.mcap', '', 'chunk', id='mcap file, chunks compressed'),
        pytest.param('run', 'sqlite3', 'message', id='sqlite3, messages compressed'),
        pytest.param('run', 'sqlite3', 'file', id='sqlite3, file compressed'),
        pytest.param('run', 'mcap', 'file', id='mcap, file compressed'),
    ],
)
def test_every_storage_gives_the_same_answers(
    tmp_path: Path, expected: list[dict], name: str, storage: str, compression: str
):
    path = record(tmp_path / name, storage=storage, compression=compression)
    rows, problems = replayed(path, plan_of())
    assert (rows, problems) == (expected, {})


def test_a_folder_without_metadata_is_read_by_its_files(
    tmp_path: Path, run_mcap: Path, expected: list[dict]
):
    shutil.copy(run_mcap, tmp_path / 'run_0.mcap')
    assert replayed(tmp_path, plan_of()) == (expected, {})


def test_definitions_are_our_own_where_a_recording_has_none(tmp_path: Path):
    """As sqlite3 recordings before Iron: the table of definitions is empty."""
    path = record(tmp_path / 'run.db3')
    with sqlite3.connect(path) as connection:
        connection.execute('DELETE FROM message_definitions')
    connection.close()
    rows, problems = replayed(path, plan_of())
    assert problems == {}
    assert [row['status'] for row in rows] == ['OK'] * 4


def cut(path: Path, share: float) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: round(len(content) * share)])
    return path


def _named(name: str, content: bytes) -> Callable[[Path, Path], Path]:
    def make(folder: Path, run_mcap: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def _cut_off(folder: Path, run_mcap: Path) -> Path:
    return cut(Path(shutil.copy(run_mcap, folder / 'cut.mcap')), 0.6)


def _empty_bag(folder: Path, run_mcap: Path) -> Path:
    with Writer(folder / 'none', version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        writer.add_connection('/detections', DETECTIONS, typestore=known_types())
    return folder / 'none'


def _broken_metadata(folder: Path, run_mcap: Path) -> Path:
    (folder / 'metadata.yaml').write_text('rosbag2_bagfile_information: [')
    return folder


UNREADABLE = {
    'not there': (lambda folder, run_mcap: folder / 'nothing.mcap', 'there is no recording'),
    'empty folder': (lambda folder, run_mcap: folder, 'no metadata.yaml and no .mcap or .db3'),
    'ROS 1': (_named('run.bag', b'#ROSBAG V2.0\n'), 'rosbags-convert'),
    'another file': (_named('run.txt', b'hello'), 'is no rosbag2'),
    'empty file': (_named('run.mcap', b''), 'cannot be read'),
    'noise': (_named('run.mcap', bytes(range(256)) * 40), 'cannot be read'),
    'noise in sqlite3': (_named('run.db3', bytes(range(256)) * 40), 'cannot be read'),
    'cut off': (_cut_off, 'mcap recover'),
    'broken metadata': (_broken_metadata, 'cannot be read'),
    'without messages': (_empty_bag, 'is empty'),
}


@pytest.mark.parametrize('name', UNREADABLE)
def test_what_cannot_be_read_says_why(tmp_path: Path, run_mcap: Path, name: str):
    make, words = UNREADABLE[name]
    with pytest.raises(BagError, match=words):
        Bag(make(tmp_path, run_mcap))


def test_a_damaged_middle_costs_what_comes_after_it_alone(tmp_path: Path):
    path = record(tmp_path / 'run', storage='sqlite3', compression='message')
    whole, _ = replayed(path, plan_of())
    with sqlite3.connect(path / 'run.db3') as connection:
        (count,) = connection.execute('SELECT COUNT(*) FROM messages').fetchone()
        connection.execute('UPDATE messages SET data = ? WHERE id > ?', (bytes(40), count * 0.6))
    connection.close()
    rows, problems = replayed(path, plan_of())
    assert 'is damaged after 1.' in problems[path]
    assert rows == whole[:2]


def test_missing_topics_are_told_with_what_is_there(run_mcap: Path):
    with Bag(run_mcap) as bag:
        with pytest.raises(BagError, match=r'no topic /rgb .image.*it has .*/detections .vision'):
            inputs_of(bag, Topics(image='/rgb'))
        assert '/tf_static (tf2_msgs/msg/TFMessage, 1)' in listed(bag)


def test_a_topic_of_another_type_names_those_that_fit(run_mcap: Path):
    with Bag(run_mcap) as bag, pytest.raises(BagError, match='of that type are /detections'):
        inputs_of(bag, Topics(detections='/camera/camera/color/image_raw'))


def test_a_type_that_nobody_defines_is_told(run_mcap: Path):
    with Bag(run_mcap) as bag:
        bag.topics = {**bag.topics, '/odd': RecordedTopic('odd_msgs/msg/A', 1)}
        with pytest.raises(BagError, match='does not define the type odd_msgs/msg/A of /odd'):
            bag.deserialise('/odd', b'')


def test_bytes_that_are_no_message_are_told(run_mcap: Path):
    with Bag(run_mcap) as bag, pytest.raises(BagError, match=f'is no {IMAGE}'):
        bag.deserialise('/camera/camera/color/image_raw', b'\0\1\0\0\1\2')


@pytest.mark.parametrize(
    ('name', 'wishes', 'words'),
    [
        pytest.param('run.mcap', {'compression': 'message'}, 'name a folder', id='file, message'),
        pytest.param('run', {'compression': 'lzma'}, 'expected one of', id='unknown'),
        pytest.param('run.db3', {'compression': 'chunk'}, 'mcap only', id='chunk in sqlite3'),
        pytest.param('run.db3', {'storage': 'mcap'}, 'ends in .db3', id='contradiction'),
        pytest.param('.', {}, 'is there already', id='there already'),
    ],
)
def test_a_recording_that_cannot_be_written_says_why(
    tmp_path: Path, name: str, wishes: dict, words: str
):
    with pytest.raises(RecordingError, match=words):
        record(tmp_path / name, **wishes)
