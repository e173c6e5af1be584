# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures of a dataset folder as scenes, one for all the questions that were asked about it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image
from pycocotools import mask as coco

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.warehouse.records import (
    OnError,
    Record,
    RecordError,
    iter_by_picture,
    iter_records,
)

# Of the pictures that Pillow opens: beyond this it takes them for an attack.
_MOST_PIXELS = 2 * 89_478_485
# Of a run's length in COCO's compressed string, 5 bits each: 35 bits are more than any picture has.
_RUN_CHARACTERS = 7


@dataclass(frozen=True, eq=False)
class AskedScene:
    """A picture with its questions.

    Attributes:
        scene: regions are the different masks of all its records; classes unknown ('').
        mask_regions: for each record, the scene's region of each of its `<mask>` tokens.
    """

    image: str
    scene: Scene
    records: tuple[Record, ...]
    mask_regions: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class DatasetFolder:
    """A dataset on disk.

    Attributes:
        path: the folder, or the JSON file in it.
        split: which list of records ('train', 'val', 'test'); not used when `path` is a file.
    """

    path: Path
    split: str = 'val'

    def __post_init__(self) -> None:
        object.__setattr__(self, 'path', Path(self.path))

    @property
    def root(self) -> Path:
        """Where the pictures' folders are."""
        return self.path.parent if self.path.suffix == '.json' else self.path

    @property
    def records_path(self) -> Path:
        """The split's JSON file. Raises FileNotFoundError, naming the splits there are."""
        path = self.path if self.path.suffix == '.json' else self.path / f'{self.split}.json'
        if not path.is_file():
            there = sorted(
                p.stem for p in self.root.glob('*.json') if p.stem in ('train', 'val', 'test')
            )
            hint = f'; this folder has {", ".join(there)}' if there else ''
            raise FileNotFoundError(f'no records at {path}{hint}')
        return path

    @cached_property
    def cameras(self) -> dict[str, dict[str, float]]:
        """Intrinsics by stem; empty without 'cameras.json'. Raises ValueError."""
        path = self.root / 'cameras.json'
        if not path.is_file():
            return {}
        try:
            cameras = json.loads(path.read_text(encoding='utf-8'))
            return {stem: _intrinsics(stem, camera) for stem, camera in cameras.items()}
        except (
            AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError
        ) as error:  # fmt: skip
            raise ValueError(
                f'{path}: expected {{stem: {{fx, fy, cx, cy}}}}, {type(error).__name__}: {error}'
            ) from error

    def records(self, on_error: OnError | None = None) -> Iterator[Record]:
        """All records, in the order of the file."""
        return iter_records(self.records_path, on_error=on_error)

    def scenes(
        self,
        *,
        regions: str = 'masks',
        with_colour: bool = True,
        with_relative_depth: bool | None = None,
        on_error: OnError | None = None,
    ) -> Iterator[AskedScene]:
        """One scene a picture, read when its turn comes.

        Args:
            regions: 'masks', or 'boxes' (bounds of the masks: what a detector gives).
            with_colour: read the picture itself, not just its size.
            with_relative_depth: read the 8-bit depth; None: only where no metric depth is.
            on_error: told of each record that cannot be used; None: the first one is raised.

        Raises:
            RecordError: nobody listens and something is malformed. ValueError: unknown `regions`.
        """
        if regions not in ('masks', 'boxes'):
            raise ValueError(f"regions must be 'masks' or 'boxes', not {regions!r}")
        for image, records in iter_by_picture(self.records_path, on_error=on_error):
            asked = self.load(
                image,
                records,
                regions=regions,
                with_colour=with_colour,
                with_relative_depth=with_relative_depth,
                on_error=on_error,
            )
            if asked.records:
                yield asked

    def load(
        self,
        image: str,
        records: Sequence[Record],
        *,
        regions: str = 'masks',
        with_colour: bool = True,
        with_relative_depth: bool | None = None,
        on_error: OnError | None = None,
    ) -> AskedScene:
        """Load one picture with these records; unusable ones are left out and told, or raised."""

        def report(problem: RecordError) -> None:
            if on_error is None:
                raise problem
            on_error(problem)

        size_px = (0, 0)
        try:
            size_px, colour = self._colour(image, with_colour)
            metric = self._depth_picture(image, 'metric_depths', '{stem}.png', size_px, np.uint16)
            if with_relative_depth is None:
                with_relative_depth = metric is None
            relative = (
                self._depth_picture(image, 'depths', '{stem}_depth.png', size_px, np.uint8)
                if with_relative_depth
                else None
            )
        except _PictureError as error:
            for record in records:
                report(RecordError(record.id, str(error)))
            return AskedScene(image, Scene((), size_px), (), ())
        pool = _RegionPool(size_px, as_masks=regions == 'masks')
        good, mask_regions = [], []
        for record in records:
            try:
                mask_regions.append(pool.add(record))
                good.append(record)
            except RecordError as error:
                report(error)
        intrinsics = self.cameras.get(Path(image).stem)
        scene = Scene(
            regions=tuple(pool.regions),
            size_px=size_px,
            colour=colour,
            depth=None if metric is None else DepthImage(metric, 0.001),
            relative_depth=relative,
            camera=_camera(size_px, intrinsics) if intrinsics else None,
        )
        return AskedScene(image, scene, tuple(good), tuple(mask_regions))

    def _find(self, folder: str, name: str) -> Path | None:
        for path in (self.root / folder / name, self.root / name):
            if path.is_file():
                return path
        return None

    def _colour(self, image: str, with_colour: bool) -> tuple[tuple[int, int], np.ndarray | None]:
        path = self._find('images', image)
        if path is None:
            raise _PictureError(f'picture images/{image} is missing')
        if with_colour:
            colour = _decode(path, 'RGB')
            return (colour.shape[1], colour.shape[0]), colour
        try:
            with Image.open(path) as picture:
                return picture.size, None
        except Exception as error:  # as in _decode
            raise _PictureError(f'{path.name} cannot be read: {_said(error)}') from error

    def _depth_picture(
        self, image: str, folder: str, pattern: str, size_px: tuple[int, int], dtype: type
    ) -> np.ndarray | None:
        path = self._find(folder, pattern.format(stem=Path(image).stem))
        # Side by side with the pictures, the name of the metric depth is the picture's own.
        if path is None or (path.name == image and path.parent == self.root):
            return None
        depth = _decode(path, None)
        if depth.ndim == 3 and dtype is np.uint8:
            depth = depth[..., 0]
        if depth.shape != (size_px[1], size_px[0]):
            raise _PictureError(
                f'{folder}/{path.name} has shape {depth.shape}, the picture is '
                f'{size_px[0]}x{size_px[1]}'
            )
        if dtype is np.uint16 and (depth.dtype.kind not in 'iu' or depth.dtype == np.uint8):
            raise _PictureError(
                f'{folder}/{path.name} is {depth.dtype}, expected 16-bit millimetres'
            )
        return depth.astype(dtype)


def _intrinsics(stem: str, camera: dict) -> dict[str, float]:
    values = {key: float(camera[key]) for key in ('fx', 'fy', 'cx', 'cy')}
    if not (all(map(math.isfinite, values.values())) and values['fx'] > 0 < values['fy']):
        raise ValueError(f'the camera of {stem!r} is {values}, expected finite numbers, fx, fy > 0')
    return values


def _camera(size_px: tuple[int, int], k: dict[str, float]) -> Camera:
    return Camera(size_px[0], size_px[1], k['fx'], k['fy'], k['cx'], k['cy'])


class _PictureError(ValueError):
    """A picture is missing or unreadable."""


def _decode(path: Path, mode: str | None) -> np.ndarray:
    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert(mode) if mode else picture)
    except Exception as error:  # a broken picture makes Pillow raise nearly anything
        raise _PictureError(f'{path.name} cannot be read: {_said(error)}') from error


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


class _RegionPool:
    """The different masks of a picture's records, each decoded once."""

    def __init__(self, size_px: tuple[int, int], *, as_masks: bool):
        self.size_px, self.as_masks = size_px, as_masks
        self.regions: list[Region] = []
        # By size as well: the runs of a mask of another size may be the same, and are still wrong.
        self._index: dict[tuple, int] = {}

    def add(self, record: Record) -> tuple[int, ...]:
        """Regions of a record's tokens. Raises RecordError, then nothing of the record is kept."""
        new: dict[tuple, Region] = {}
        keys = [(rle['counts'], *rle['size']) for rle in record.rle]
        for place, (key, rle) in enumerate(zip(keys, record.rle)):
            if key not in self._index and key not in new:
                new[key] = self._region(record.id, place, rle, len(self.regions) + len(new))
        for key, region in new.items():
            self._index[key] = len(self.regions)
            self.regions.append(region)
        return tuple(self._index[key] for key in keys)

    def _region(self, record_id: str, place: int, rle: dict, number: int) -> Region:
        width, height = self.size_px
        if list(rle['size']) != [height, width]:
            raise RecordError(
                record_id,
                f'mask {place} is {rle["size"][1]}x{rle["size"][0]}, the picture {width}x{height}',
            )
        mask = decode_rle(rle, record_id, place)
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if not rows.size:
            raise RecordError(record_id, f'mask {place} is empty')
        box = (float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))
        return Region(box, id=f'region_{number}', mask=mask if self.as_masks else None)


def decode_rle(rle: dict, record_id: str = '', place: int = 0) -> np.ndarray:
    """Bool (H, W) of a COCO compressed RLE.

    Raises:
        RecordError: its runs do not make up height times width pixels, or these are too many.
    """
    height, width = rle['size']
    if height * width > _MOST_PIXELS:
        raise RecordError(
            record_id, f'mask {place} of {width}x{height} pixels is larger than any picture read'
        )
    # pycocotools takes runs that end too early without a word and leaves the rest as it was in
    # memory.
    if sum(_runs(rle['counts'], height * width)) != height * width:
        raise RecordError(
            record_id, f'mask {place}: the runs of its RLE do not make up {width}x{height} pixels'
        )
    return coco.decode({'size': [height, width], 'counts': rle['counts'].encode('ascii')}).astype(
        bool
    )


def _runs(counts: str, pixels: int) -> list[int]:
    """Return the run lengths of COCO's compressed string, [] where they are not for `pixels`.

    5 bits a character; from the fourth run on, the difference to the last but one.
    """
    runs: list[int] = []
    value, shift, left = 0, 0, pixels
    # One run a pixel and an empty one before; what is longer costs time and says nothing more.
    if len(counts) > _RUN_CHARACTERS * (pixels + 1):
        return []
    for character in counts:
        code = ord(character) - 48
        if not 0 <= code < 64 or shift >= 5 * _RUN_CHARACTERS:
            return []
        value |= (code & 0x1F) << shift
        shift += 5
        if code & 0x20:
            continue
        if code & 0x10:
            value -= 1 << shift
        if len(runs) > 2:
            value += runs[-2]
        left -= value
        if value < 0 or left < 0:
            return []
        runs.append(value)
        value, shift = 0, 0
    return runs if shift == 0 else []


def encode_rle(mask: np.ndarray) -> dict:
    """COCO compressed RLE of a bool mask (H, W), as JSON takes it."""
    rle = coco.encode(np.asfortranarray(mask, dtype=np.uint8))
    return {'size': [int(n) for n in rle['size']], 'counts': rle['counts'].decode('ascii')}
