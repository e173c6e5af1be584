# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Bytes read as decisions, so that a fuzzer's changes of bytes are changes of meaning."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar('Item')

ODD_INTEGERS = (
    0, 1, -1, 2, 3, 7, 8, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**53, 2**63,
    2**64, 10**30, -(2**31),
)  # fmt: skip
ODD_REALS = (
    0.0, -0.0, 1.0, -1.0, 0.5, 1e-300, 5e-324, 1e300, math.inf, -math.inf, math.nan, 1e9, 1e-9,
    320.0, 240.0,
)  # fmt: skip


class Draw:
    """Takes decisions from the front of some bytes; what is not there reads as zero."""

    def __init__(self, data: bytes):
        self._data, self._place = data, 0

    @property
    def left(self) -> int:
        """Bytes not yet read."""
        return max(0, len(self._data) - self._place)

    def bytes(self, count: int) -> bytes:
        """The next `count` bytes, or what is left of them."""
        taken = self._data[self._place : self._place + count]
        self._place += count
        return taken

    def rest(self) -> bytes:
        """All that is left."""
        return self.bytes(self.left)

    def number(self, low: int, high: int) -> int:
        """A whole number in [low, high]."""
        count = ((high - low).bit_length() + 7) // 8
        return low + int.from_bytes(self.bytes(count), 'little') % (high - low + 1)

    def choose(self, options: Sequence[Item]) -> Item:
        """One of the options; the first where nothing is left."""
        return options[self.number(0, len(options) - 1)]

    def chance(self) -> bool:
        """False where nothing is left."""
        return bool(self.number(0, 1))

    def integer(self) -> int:
        """An odd whole number, or a small one."""
        return self.choose(ODD_INTEGERS) if self.chance() else self.number(0, 255)

    def real(self) -> float:
        """An odd number, or any that eight bytes can be."""
        if self.chance():
            return self.choose(ODD_REALS)
        return float(struct.unpack('<d', self.bytes(8).ljust(8, b'\0'))[0])

    def text(self, most: int) -> str:
        """Some text; bytes that are none become surrogates, which strings from JSON may hold."""
        return self.bytes(self.number(0, most)).decode('utf-8', 'surrogateescape')
