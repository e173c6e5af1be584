# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where each picture's rows lie in a large JSON list: read once, kept in a small file.

The file lies beside the list, or where that cannot be written in the user's cache folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from smolrgpt_ros.training.problems import Problems
from smolrgpt_ros.warehouse.records import RecordError, iter_rows

_VERSION = 1


@dataclass(frozen=True, eq=False)
class RecordIndex:
    """Rows grouped by picture, pictures in order of their first row.

    Attributes:
        images: (P,) file names.
        first: (P + 1,) where a picture's rows begin in `offsets`.
        offsets: (R,) first byte, lengths: (R,) bytes.
        problems: rows that are left out.
    """

    images: tuple[str, ...]
    first: np.ndarray
    offsets: np.ndarray
    lengths: np.ndarray
    problems: Problems

    def rows(self, picture: int) -> range:
        """Return the places of a picture's rows."""
        return range(int(self.first[picture]), int(self.first[picture + 1]))

    def digest(self) -> str:
        """Return what changes whenever rows are added, removed or moved."""
        found = hashlib.sha256('\0'.join(self.images).encode())
        for part in (self.first, self.offsets, self.lengths):
            found.update(np.ascontiguousarray(part, '<i8').tobytes())
        return found.hexdigest()[:16]


def record_index(
    path: Path, reading: str, image_of: Callable[[Any, int], str], *, strict: bool = False
) -> RecordIndex:
    """Index a JSON list, or take the index that was kept of it.

    Args:
        reading: names what `image_of` takes for well-formed.
        image_of: picture of a row and its position. Raises RecordError: the row is left out.
        strict: raise the first such error instead.

    Raises:
        RecordError: see `strict`. ValueError: the file is no JSON list. OSError: it is not there.
    """
    stat = path.stat()
    key = f'{_VERSION} {reading} {stat.st_size} {stat.st_mtime_ns}'
    places = _places(path, reading)
    found = next((index for index in (_kept(place, key) for place in places) if index), None)
    if found is None or (strict and found.problems.count):
        found = _build(path, image_of, strict)
        _keep(places, key, found)
    return found


def _build(path: Path, image_of: Callable[[Any, int], str], strict: bool) -> RecordIndex:
    numbers: dict[str, int] = {}
    places: list[tuple[int, int, int]] = []
    problems = Problems()
    for position, (offset, length, row) in enumerate(iter_rows(path)):
        try:
            image = image_of(row, position)
        except RecordError as error:
            if strict:
                raise
            problems.add([str(error)])
            continue
        places.append((numbers.setdefault(image, len(numbers)), offset, length))
    unsorted = np.array(places, np.int64).reshape(-1, 3)
    table = unsorted[np.argsort(unsorted[:, 0], kind='stable')]
    first = np.searchsorted(table[:, 0], np.arange(len(numbers) + 1))
    return RecordIndex(tuple(numbers), first, table[:, 1], table[:, 2], problems)


def _places(path: Path, reading: str) -> tuple[Path, Path]:
    cache = Path(os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache') / 'smolrgpt_ros'
    name = hashlib.sha256(f'{path.resolve()} {reading}'.encode()).hexdigest()[:16]
    return path.with_name(f'.{path.stem}.{reading}.index.npz'), cache / f'{name}.index.npz'


def _kept(place: Path, key: str) -> RecordIndex | None:
    """Return the index kept there; None where there is none, an old or a broken one."""
    try:
        with np.load(place, allow_pickle=False) as kept:
            about = json.loads(kept['about'].tobytes())
            if about['key'] != key:
                return None
            return RecordIndex(
                tuple(about['images']),
                kept['first'],
                kept['offsets'],
                kept['lengths'],
                Problems(about['problems']),
            )
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _keep(places: Iterable[Path], key: str, index: RecordIndex) -> None:
    """Write the index to the first place that can be written; without any, do without."""
    about = {'key': key, 'images': index.images, 'problems': index.problems.values()}
    for place in places:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            _write(place, np.frombuffer(json.dumps(about).encode(), np.uint8), index)
            return
        except OSError:
            continue


def _write(place: Path, about: np.ndarray, index: RecordIndex) -> None:
    """Write beside and rename: several processes may write the same index at the same time."""
    with tempfile.NamedTemporaryFile(dir=place.parent, suffix='.partial', delete=False) as file:
        try:
            np.savez(
                file, about=about, first=index.first, offsets=index.offsets, lengths=index.lengths
            )
            file.flush()
            Path(file.name).replace(place)
        except OSError:
            Path(file.name).unlink()
            raise
