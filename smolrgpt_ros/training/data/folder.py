# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures of a dataset folder in the official layout, half a million records or more of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.training.data.pictures import TaughtPicture, TaughtQuestion
from smolrgpt_ros.training.data.record_index import RecordIndex, record_index
from smolrgpt_ros.training.data.taught_rows import FOLDER_KINDS, parse_taught
from smolrgpt_ros.training.problems import Problems
from smolrgpt_ros.warehouse.folder import DatasetFolder
from smolrgpt_ros.warehouse.records import Record, RecordError
from smolrgpt_ros.warehouse.render import relative_depth


@dataclass(frozen=True)
class FolderPictures:
    """A split of a dataset folder, at random access; only an index is kept in memory.

    Attributes:
        path: the folder, or the JSON file in it.
        split: which list of records, 'train' or 'val'; not used when `path` is a file.
        kind: which answers are learnt: 'normalized', 'freeform', or those of the 'gpt' turns of
            'region' rows or 'caption' rows (see `taught_rows`).
        questions: of a picture at most; a picture with more comes several times, each time with
            others.
        boxes: share of the pictures whose masks become filled boxes.
        strict: raise RecordError for what is malformed; otherwise it is left out and told.

    Raises:
        FileNotFoundError: there is no such list. RecordError: see `strict`. ValueError: it is no
            JSON list, has no answers or not a single usable record.
    """

    path: Path
    split: str = 'train'
    kind: str = 'normalized'
    questions: int = 48
    boxes: float = 0.0
    strict: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, 'path', Path(self.path))
        if self.kind not in FOLDER_KINDS:
            raise ValueError(f'kind must be one of {", ".join(FOLDER_KINDS)}, not {self.kind!r}')
        if self.questions < 1:
            raise ValueError(f'questions must be at least 1, not {self.questions}')
        if not 0.0 <= self.boxes <= 1.0:
            raise ValueError(f'boxes must be a share in [0, 1], not {self.boxes}')
        if self._folder.records_path.stem == 'test':
            raise ValueError(f'{self._folder.records_path}: the test split has no answers to learn')
        if not len(self):
            lines = '; '.join(self.problems.lines(3))
            raise ValueError(f'{self._folder.records_path}: no usable record. {lines}'.strip())

    @cached_property
    def _folder(self) -> DatasetFolder:
        return DatasetFolder(self.path, self.split)

    @cached_property
    def _index(self) -> RecordIndex:
        def image_of(row: Any, position: int) -> str:
            return parse_taught(row, position, self.kind)[0][0].image

        return record_index(self._folder.records_path, self.kind, image_of, strict=self.strict)

    @cached_property
    def _first_part(self) -> np.ndarray:
        """(P + 1,) number of the first part of each picture."""
        parts = -(-np.diff(self._index.first) // self.questions)
        return np.concatenate([[0], np.cumsum(parts)])

    def __len__(self) -> int:
        return int(self._first_part[-1])

    @property
    def problems(self) -> Problems:
        """Rows that were left out of the index."""
        return self._index.problems

    @cached_property
    def fingerprint(self) -> str:
        """All that the questions depend on; the pictures' pixels are taken for granted."""
        return (
            f'folder {self._folder.records_path.name} {self._index.digest()} kind={self.kind} '
            f'questions={self.questions} boxes={self.boxes:g}'
        )

    def picture(self, number: int) -> TaughtPicture:
        """Read picture `number` and its questions; one that cannot be read comes without any.

        Raises:
            IndexError: there is no such number. RecordError: something is malformed and `strict`.
        """
        if not 0 <= number < len(self):
            raise IndexError(f'picture {number} of {len(self)}')
        place = int(np.searchsorted(self._first_part, number, side='right')) - 1
        image = self._index.images[place]
        part = number - int(self._first_part[place])
        rows = self._index.rows(place)[part * self.questions : (part + 1) * self.questions]
        taught = self._read(rows)
        problems: list[str] = []

        def leave_out(error: RecordError) -> None:
            if self.strict:
                raise error
            problems.append(str(error))

        answers = {id(record): answer for record, answer in taught}
        asked = self._folder.load(
            image, [record for record, _ in taught], with_relative_depth=True, on_error=leave_out
        )
        if asked.records and not _has_depth(asked.scene) and self.kind != 'caption':
            for record in asked.records:
                leave_out(RecordError(record.id, f'depth of {image} is missing in depths/'))
            return _unreadable(image, problems)
        if asked.scene.colour is None:
            return _unreadable(image, problems)
        return TaughtPicture(
            image if part == 0 else f'{image} ({part})',
            asked.scene.colour,
            _relative_depth(asked.scene),
            _depth_m(asked.scene),
            asked.scene.camera,
            self._masks(asked.scene, number),
            tuple(
                _question(record, things, answers[id(record)], self.kind)
                for record, things in zip(asked.records, asked.mask_regions, strict=True)
            ),
            tuple(problems),
        )

    def _read(self, rows: range) -> list[tuple[Record, str]]:
        taught: list[tuple[Record, str]] = []
        with self._folder.records_path.open('rb') as stream:
            for row in rows:
                stream.seek(int(self._index.offsets[row]))
                text = stream.read(int(self._index.lengths[row]))
                taught += parse_taught(json.loads(text), row, self.kind)
        return taught

    def _masks(self, scene: Scene, number: int) -> tuple[np.ndarray, ...]:
        masks = [region.mask for region in scene.regions if region.mask is not None]
        if self.boxes > 0.0 and np.random.default_rng([number, 7]).random() < self.boxes:
            for region, mask in zip(scene.regions, masks, strict=True):
                x0, y0, x1, y1 = (int(value) for value in region.box_px)
                mask[y0:y1, x0:x1] = True
        return tuple(masks)


def _question(record: Record, things: tuple[int, ...], answer: str, kind: str) -> TaughtQuestion:
    category = record.category.value if record.category else kind
    return TaughtQuestion(record.id, record.question, things, answer, category, '')


def _has_depth(scene: Scene) -> bool:
    return scene.relative_depth is not None or scene.depth is not None


def _measured_m(scene: Scene) -> np.ndarray | None:
    """(H, W) float32 metres, NaN in holes."""
    return None if scene.depth is None else scene.depth.crop_m((0, 0, *scene.size_px))


def _depth_m(scene: Scene) -> np.ndarray | None:
    measured = _measured_m(scene)
    return None if measured is None else np.nan_to_num(measured, copy=False, nan=0.0)


def _relative_depth(scene: Scene) -> np.ndarray:
    if scene.relative_depth is not None:
        return scene.relative_depth
    measured = _measured_m(scene)
    if measured is not None:
        return relative_depth(measured)
    return np.zeros((scene.size_px[1], scene.size_px[0]), np.uint8)


def _unreadable(image: str, problems: list[str]) -> TaughtPicture:
    nothing = np.zeros((1, 1), np.uint8)
    colour = np.zeros((1, 1, 3), np.uint8)
    return TaughtPicture(image, colour, nothing, None, None, (), (), tuple(problems))
