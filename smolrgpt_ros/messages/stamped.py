# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A message as it arrived, with its stamp: all that matching needs to know of it."""

from __future__ import annotations

import struct
from typing import Any


class HeaderError(ValueError):
    """Serialised bytes that do not begin with a std_msgs/Header."""


class Stamped:
    """One message: untouched (pictures) or still serialised (the others), decoded when asked.

    Attributes:
        topic: which input it came by ('image', 'depth', ...).
        stamp_ns: time of the measurement.
        frame_id: frame of the measurement.
        payload: a message object, or the bytes of a serialised one.
        arrived_s: when it was taken, monotonic clock.
    """

    __slots__ = ('arrived_s', 'frame_id', 'payload', 'stamp_ns', 'topic')

    def __init__(self, topic: str, stamp_ns: int, frame_id: str, payload: Any, arrived_s: float):
        self.topic = topic
        self.stamp_ns = stamp_ns
        self.frame_id = frame_id
        self.payload = payload
        self.arrived_s = arrived_s


def stamped_from_message(topic: str, message: Any, arrived_s: float) -> Stamped:
    """A message object with a header, left as it is."""
    stamp = message.header.stamp
    return Stamped(
        topic,
        stamp.sec * 1_000_000_000 + stamp.nanosec,
        message.header.frame_id,
        message,
        arrived_s,
    )


def stamped_from_bytes(topic: str, serialised: bytes, arrived_s: float) -> Stamped:
    """A serialised message that begins with a header; only the header is read.

    Layout (OMG CDR): 4 bytes of encapsulation, whose second byte is odd for little endian, then
    int32 sec, uint32 nanosec, uint32 length of frame_id with its closing zero, the characters.

    Raises:
        HeaderError: too short, or a frame_id that is longer than the message.
    """
    if len(serialised) < 16:
        raise HeaderError(f'a message on {topic} has {len(serialised)} bytes, too few for a header')
    order = '<' if serialised[1] & 1 else '>'
    sec, nanosec, length = struct.unpack_from(f'{order}iII', serialised, 4)
    if 16 + length > len(serialised):
        raise HeaderError(
            f'a message on {topic} has a frame_id of {length} bytes, more than the message'
        )
    frame_id = bytes(serialised[16 : 16 + max(length - 1, 0)]).decode('utf-8', 'replace')
    return Stamped(topic, sec * 1_000_000_000 + nanosec, frame_id, serialised, arrived_s)
