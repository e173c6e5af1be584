# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""vision_msgs/Detection2DArray into regions.

Bad boxes skipped with a reason, every region with an id.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from smolrgpt_ros.scene.region import Region, RegionError


class Seen(NamedTuple):
    """What a scene needs of one vision_msgs/Detection2D, unchecked.

    Attributes:
        class_id: of the likeliest hypothesis, '' where there is none.
        score: its score, cut to [0, 1]; 1.0 where there is none.
        box_px: upright (x0, y0, x1, y1), possibly no numbers, possibly outside of the picture.
    """

    id: str
    class_id: str
    score: float
    box_px: tuple[float, float, float, float]


@dataclass(frozen=True)
class Note:
    """Something about a detection that the asker should hear when the question is about it.

    Attributes:
        names: ids and class that the question may call it by.
        sentence: what was done and why.
    """

    names: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, eq=False)
class Detected:
    """Usable detections of one message.

    Attributes:
        notes: skipped detections and changed ids.
        skipped: how many detections were left out.
        detector_ids: what the detector itself calls each region, '' where it gives no id, or gives
            one to several; never a name made here, which holds for one picture only.
    """

    regions: tuple[Region, ...]
    notes: tuple[Note, ...] = ()
    skipped: int = 0
    detector_ids: tuple[str, ...] = ()


def seen_from(detections: Iterable[Any]) -> tuple[Seen, ...]:
    """What a scene needs of vision_msgs/Detection2D messages."""
    return tuple(
        Seen(
            detection.id,
            *best_of(
                [
                    (result.hypothesis.class_id, result.hypothesis.score)
                    for result in detection.results
                ]
            ),
            enclosing_box_px(
                detection.bbox.center.position.x,
                detection.bbox.center.position.y,
                detection.bbox.center.theta,
                detection.bbox.size_x,
                detection.bbox.size_y,
            ),
        )
        for detection in detections
    )


def regions_from(
    detections: Sequence[Seen],
    size_px: tuple[int, int],
    mask: np.ndarray | None = None,
    mask_values: str = 'instance',
) -> Detected:
    """Regions of the detections whose boxes lie in a picture of `size_px` (width, height).

    Args:
        mask: (H, W) integers or None.
        mask_values: 'instance' (value k is the detection at position k - 1) or 'label' (the
            commonest value in the box, other than 0).
    """
    regions: list[Region] = []
    notes: list[Note] = []
    for position, detection in enumerate(detections):
        name = detection.id.strip()
        try:
            region = Region.from_box(
                detection.box_px,
                size_px,
                class_id=detection.class_id,
                score=detection.score,
                id=name,
            )
        except RegionError as error:
            names = tuple(name for name in (name, detection.class_id.strip().lower()) if name)
            notes.append(Note(names, f'detection {position} was left out: {error}'))
            continue
        if mask is not None:
            region = replace(region, mask=_mask_in_box(mask, region.box_px, position, mask_values))
        regions.append(region)
    skipped = len(notes)
    named, renamed = with_unique_ids(regions)
    given = Counter(region.id for region in regions)
    told = tuple(region.id if given[region.id] == 1 else '' for region in regions)
    return Detected(named, (*notes, *renamed), skipped, told)


def best_of(hypotheses: Sequence[tuple[str, float]]) -> tuple[str, float]:
    """Class and score of the likeliest of hypotheses (class, score); ('', 1.0) where there is none.

    A score that is no number loses against every other and counts as 1.0 where there is no other.
    Scores are cut to [0, 1].
    """
    if not hypotheses:
        return '', 1.0
    class_id, score = hypotheses[0]
    for other_id, other in hypotheses[1:]:
        if other > score or (math.isnan(score) and not math.isnan(other)):
            class_id, score = other_id, other
    return class_id, 1.0 if math.isnan(score) else min(max(score, 0.0), 1.0)


def enclosing_box_px(
    x: float, y: float, theta: float, size_x: float, size_y: float
) -> tuple[float, float, float, float]:
    """Upright box (x0, y0, x1, y1) around a box centred at (x, y) and turned by theta radians."""
    half_x, half_y = size_x / 2.0, size_y / 2.0
    if theta and math.isfinite(theta) and half_x > 0.0 and half_y > 0.0:
        c, s = abs(math.cos(theta)), abs(math.sin(theta))
        half_x, half_y = c * half_x + s * half_y, s * half_x + c * half_y
    return x - half_x, y - half_y, x + half_x, y + half_y


def with_unique_ids(regions: Sequence[Region]) -> tuple[tuple[Region, ...], tuple[Note, ...]]:
    """Regions that all have an id of their own.

    Ids that are given once are kept. Where an id is empty or given twice, the region is called by
    class and number, counted from left to right within the class; such an id holds for one
    picture, and tracking puts its own in its place.
    """
    counts = Counter([region.id for region in regions])
    taken = {name for name in counts if name}
    unnamed = [
        index for index, region in enumerate(regions) if not region.id or counts[region.id] > 1
    ]
    named = list(regions)
    notes = []
    next_number: Counter[str] = Counter()
    for index in sorted(
        unnamed, key=lambda i: (regions[i].box_px[0] + regions[i].box_px[2], regions[i].box_px[1])
    ):
        region = regions[index]
        stem = re.sub(r'\s+', '_', region.class_id) or 'object'
        while True:
            next_number[stem] += 1
            name = f'{stem}_{next_number[stem]}'
            if name not in taken:
                break
        taken.add(name)
        named[index] = replace(region, id=name)
        if region.id:
            notes.append(
                Note(
                    (region.id,),
                    f"the id '{region.id}' is given to {counts[region.id]} detections; one is "
                    f"now '{name}'",
                )
            )
    return tuple(named), tuple(notes)


def _mask_in_box(
    values: np.ndarray, box_px: tuple[float, float, float, float], position: int, kind: str
) -> np.ndarray | None:
    """Pixels (H, W) of one object; None where the mask shows nothing of it inside its box."""
    x0, y0 = math.floor(box_px[0]), math.floor(box_px[1])
    x1, y1 = math.ceil(box_px[2]), math.ceil(box_px[3])
    window = values[y0:y1, x0:x1]
    value = position + 1 if kind == 'instance' else _commonest(window)
    inside = window == value
    if not value or not inside.any():
        return None
    mask = np.zeros(values.shape, dtype=bool)
    mask[y0:y1, x0:x1] = inside
    return mask


def _commonest(window: np.ndarray) -> int:
    seen = window[window != 0]
    return int(np.bincount(seen.astype(np.int64)).argmax()) if seen.size else 0
