# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Serialised vision_msgs/Detection2DArray, read for what a scene needs of it and nothing else.

rclpy builds some thirty Python objects for each detection, one for every nested message, which
takes a hundred times as long as the few numbers here and more than measuring does. Whatever this
reader does not expect is left to the full ones of rclpy and rosbags.

Layout: OMG CDR, plain (version 1): every number lies at a multiple of its size, counted from the
    end of the four bytes of encapsulation; strings and sequences begin with their length in uint32,
    that of a string counts its closing zero.
"""

from __future__ import annotations

import struct

from smolrgpt_ros.messages.detections import Seen, best_of, enclosing_box_px

_ENCAPSULATION_BYTES = 4
_PLAIN_CDR = {b'\0\0': '>', b'\0\1': '<'}
"""Byte order by the first two bytes; parameter lists and version 2 of the encoding have others."""
# Position 3, orientation 4, covariance 36, all float64.
_POSE_BYTES = 8 * (3 + 4 + 36)


class WireError(ValueError):
    """Bytes that this reader does not understand."""


def read_detections(serialised: bytes) -> tuple[Seen, ...]:
    """What a serialised Detection2DArray of vision_msgs 4.x shows. Raises WireError."""
    order = _PLAIN_CDR.get(bytes(serialised[:2]))
    if order is None:
        raise WireError(f'the encapsulation is {bytes(serialised[:2]).hex()}, expected plain CDR')
    reader = _Reader(bytes(serialised[_ENCAPSULATION_BYTES:]), order)
    try:
        reader.skip_header()
        return tuple(_detection(reader) for _ in range(reader.count()))
    except struct.error as error:
        raise WireError(f'the message ends at byte {len(serialised)}: {error}') from error


def _detection(reader: _Reader) -> Seen:
    reader.skip_header()
    hypotheses = [reader.hypothesis() for _ in range(reader.count())]
    x, y, theta, size_x, size_y = reader.box()
    class_id, score = best_of(hypotheses)
    return Seen(reader.text(), class_id, score, enclosing_box_px(x, y, theta, size_x, size_y))


class _Reader:
    """Reads one value after the other; struct.error where they end too early."""

    __slots__ = ('_at', '_bytes', '_count', '_five', '_number')

    def __init__(self, body: bytes, order: str):
        """`body` without its encapsulation; `order` as in `struct`."""
        self._bytes = body
        self._at = 0
        self._count = struct.Struct(f'{order}I').unpack_from
        self._number = struct.Struct(f'{order}d').unpack_from
        self._five = struct.Struct(f'{order}5d').unpack_from

    def skip_header(self) -> None:
        """Over a std_msgs/Header: the stamp of each detection is not asked for."""
        self._at = (self._at + 3 & -4) + 8
        self.text()

    def count(self) -> int:
        """The length of a sequence."""
        at = self._at + 3 & -4
        self._at = at + 4
        return int(self._count(self._bytes, at)[0])

    def text(self) -> str:
        """A string, ending at its first zero as in C."""
        at = (self._at + 3 & -4) + 4
        end = at + self._count(self._bytes, at - 4)[0]
        if end > len(self._bytes):
            raise WireError(f'a string ends at byte {end}, the message at {len(self._bytes)}')
        self._at = end
        return self._bytes[at:end].partition(b'\0')[0].decode('utf-8', 'replace')

    def hypothesis(self) -> tuple[str, float]:
        """Class and score of an ObjectHypothesisWithPose; its pose is not asked for."""
        class_id = self.text()
        at = self._at + 7 & -8
        self._at = at + 8 + _POSE_BYTES
        return class_id, self._number(self._bytes, at)[0]

    def box(self) -> tuple[float, ...]:
        """x, y, theta, size_x, size_y of a BoundingBox2D."""
        at = self._at + 7 & -8
        self._at = at + 40
        return self._five(self._bytes, at)
