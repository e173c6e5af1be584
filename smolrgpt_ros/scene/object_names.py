# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Names of tracked objects: 'pallet_3', counted per class, never given to another object."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container

_NUMBERED = re.compile(r'(?P<stem>.+)_(?P<number>[0-9]{1,9})')


class ObjectNames:
    """Gives names. What it holds grows with the number of classes, not of names."""

    def __init__(self) -> None:
        """Begin every class at 1."""
        self._ours: Counter[str] = Counter()  # highest number given here
        self._first: dict[str, int] = {}  # lowest one given here in this run of time
        self._theirs: Counter[str] = Counter()  # highest number that a detector gave

    def restart(self) -> None:
        """Another run of time begins: names that a detector gives are believed again."""
        self._first, self._theirs = {}, Counter()

    def new(self, class_id: str, wanted: str, taken: Container[str]) -> str:
        """A name for a new object.

        Args:
            wanted: what the detector calls it, '' for nothing. It is taken unless another object
                bears it, or may have got it here before.
            taken: names of the objects that are remembered.
        """
        numbered = _NUMBERED.fullmatch(wanted)
        stem, number = (numbered['stem'], int(numbered['number'])) if numbered else ('', 0)
        free = number < self._first.get(stem, number + 1) or number > self._ours[stem]
        if wanted and wanted not in taken and (not numbered or free):
            if numbered:
                self._theirs[stem] = max(self._theirs[stem], number)
            return wanted
        stem = re.sub(r'\s+', '_', class_id.strip()) or 'object'
        self._ours[stem] = max(self._ours[stem], self._theirs[stem]) + 1
        while f'{stem}_{self._ours[stem]}' in taken:
            self._ours[stem] += 1
        self._first.setdefault(stem, self._ours[stem])
        return f'{stem}_{self._ours[stem]}'
