# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A rosbag2 recording: what is in it, and its messages in the order they were recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from rosbags.highlevel import AnyReader

from smolrgpt_ros.recorded.message_types import known_types

_SUFFIXES = ('.mcap', '.db3')
_METADATA = 'metadata.yaml'


class BagError(ValueError):
    """A recording that cannot be used; the message says why and what would help."""


@dataclass(frozen=True)
class RecordedTopic:
    """A topic of a recording.

    Attributes:
        message_type: as in 'sensor_msgs/msg/Image'; '' where several share the topic.
        count: how many messages it has.
    """

    message_type: str
    count: int


class Bag:
    """A recording that is open for reading; use it in a `with`, one reader at a time.

    Attributes:
        path: the folder or file.
        topics: what is in it, by name.
        start_ns: when its first message was recorded.
        end_ns: when its last message was recorded.
    """

    def __init__(self, path: Path):
        """Open a folder with metadata.yaml, a folder of files without one, or a file.

        Raises:
            BagError: not there, no rosbag2, cut off, damaged, without messages.
        """
        self.path = path
        files = _files(path)
        try:
            self._reader = AnyReader(files, default_typestore=known_types())
            self._reader.open()
        except Exception as error:  # zstd, lz4, sqlite, yaml and struct each raise their own
            raise BagError(_unreadable(path, error)) from error
        if not self._reader.message_count:
            self._reader.close()
            raise BagError(f'the recording {path} is empty: it has no message')
        self.topics: Mapping[str, RecordedTopic] = {
            name: RecordedTopic(info.msgtype or '', info.msgcount)
            for name, info in sorted(self._reader.topics.items())
        }
        self.start_ns = self._reader.start_time
        self.end_ns = self._reader.end_time - 1

    def __enter__(self) -> Bag:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close its files. Idempotent."""
        if self._reader.stack is not None:
            self._reader.close()

    @property
    def duration_s(self) -> float:
        """From the first message to the last."""
        return (self.end_ns - self.start_ns) / 1e9

    def messages(
        self, topics: Collection[str], start_ns: int | None = None, stop_ns: int | None = None
    ) -> Iterator[tuple[str, int, bytes]]:
        """Topic, time of recording and serialised message of some topics, as recorded.

        Args:
            start_ns: from then on.
            stop_ns: before then.

        Raises:
            BagError: the recording is damaged from here on.
        """
        wanted = [entry for entry in self._reader.connections if entry.topic in topics]
        if not wanted:
            return
        last_ns = self.start_ns
        try:
            for connection, at_ns, data in self._reader.messages(wanted, start_ns, stop_ns):
                last_ns = at_ns
                yield connection.topic, at_ns, data
        except Exception as error:  # zstd, lz4, sqlite and struct each raise their own
            raise BagError(
                f'the recording {self.path} is damaged after {(last_ns - self.start_ns) / 1e9:.3f} '
                f's: {_told(error)}; what comes before can be asked about'
            ) from error

    def deserialise(self, topic: str, data: bytes) -> Any:
        """A message as an object with the fields of its ROS type.

        Raises BagError where its type is not known or it is damaged.
        """
        message_type = self.topics[topic].message_type
        if message_type not in self._reader.typestore.fielddefs:
            raise BagError(
                f'the recording {self.path} does not define the type {message_type} of {topic}'
            )
        try:
            return self._reader.deserialize(data, message_type)
        except Exception as error:  # whatever numpy or struct make of damaged bytes
            raise BagError(f'a message on {topic} is no {message_type}: {_told(error)}') from error

    def fields_of(self, message_type: str) -> list[tuple[str, Any]]:
        """Names and types of a message's fields, as rosbags describes them; [] where not known."""
        definition = self._reader.typestore.fielddefs.get(message_type)
        return list(definition[1]) if definition else []


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise BagError(f'there is no recording {path}')
    if path.is_file():
        if path.suffix == '.bag':
            raise BagError(
                f'{path} is a recording of ROS 1; rosbags-convert --src {path} --dst FOLDER makes '
                'a rosbag2 of it'
            )
        if path.suffix not in _SUFFIXES:
            raise BagError(
                f'{path} is no rosbag2; expected a folder, or a file that ends in '
                f'{" or ".join(_SUFFIXES)}'
            )
        return [path]
    if (path / _METADATA).exists():
        return [path]
    files = sorted(entry for entry in path.iterdir() if entry.suffix in _SUFFIXES)
    if not files:
        raise BagError(
            f'the folder {path} has no {_METADATA} and no {" or ".join(_SUFFIXES)} file; expected '
            'a rosbag2'
        )
    return files


def _unreadable(path: Path, error: Exception) -> str:
    help_ = (
        'was it cut off when the recorder was killed? "mcap recover FILE -o NEW" saves what is '
        'whole of an MCAP file, "ros2 bag reindex FOLDER" makes metadata.yaml anew'
    )
    return f'the recording {path} cannot be read: {_told(error)}; {help_}'


def _told(error: Exception) -> str:
    text = str(error).strip().rstrip('.')
    return f'{type(error).__name__}: {text}' if text else type(error).__name__
