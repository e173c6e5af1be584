# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""vision_msgs/Detection2DArray into regions: bad boxes skipped with a reason, every region with an id."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from smolrgpt_ros.scene.region import Region, RegionError

if TYPE_CHECKING:
    from vision_msgs.msg import BoundingBox2D, Detection2D


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
    """

    regions: tuple[Region, ...]
    notes: tuple[Note, ...] = ()
    skipped: int = 0


def regions_from(
    detections: Sequence[Detection2D],
    size_px: tuple[int, int],
    mask: np.ndarray | None = None,
    mask_values: str = 'instance',
) -> Detected:
    """Regions of the detections whose boxes lie in a picture of `size_px` (width, height).

    Args:
        mask: (H, W) integers or None.
        mask_values: 'instance' (value k is the detection at position k - 1) or 'label' (the
            commonest
            value in the box, other than 0).
    """
    regions: list[Region] = []
    notes: list[Note] = []
    for position, detection in enumerate(detections):
        class_id, score = best_hypothesis(detection)
        try:
            region = Region.from_box(
                enclosing_box_px(detection.bbox),
                size_px,
                class_id=class_id,
                score=score,
                id=detection.id.strip(),
            )
        except RegionError as error:
            names = tuple(name for name in (detection.id.strip(), class_id.strip().lower()) if name)
            notes.append(Note(names, f'detection {position} was left out: {error}'))
            continue
        if mask is not None:
            region = replace(region, mask=_mask_in_box(mask, region.box_px, position, mask_values))
        regions.append(region)
    skipped = len(notes)
    named, renamed = with_unique_ids(regions)
    return Detected(named, (*notes, *renamed), skipped)


def best_hypothesis(detection: Detection2D) -> tuple[str, float]:
    """Class and score of the likeliest hypothesis; ('', 1.0) where there is none. Scores are cut to [0, 1]."""
    if not detection.results:
        return '', 1.0
    best = max(
        (result.hypothesis for result in detection.results),
        key=lambda hypothesis: -math.inf if math.isnan(hypothesis.score) else hypothesis.score,
    )
    score = 1.0 if math.isnan(best.score) else min(max(best.score, 0.0), 1.0)
    return best.class_id, score


def enclosing_box_px(box: BoundingBox2D) -> tuple[float, float, float, float]:
    """Upright box (x0, y0, x1, y1) around a box that may be turned by theta."""
    x, y = box.center.position.x, box.center.position.y
    half_x, half_y = box.size_x / 2.0, box.size_y / 2.0
    theta = box.center.theta
    if theta and math.isfinite(theta) and half_x > 0.0 and half_y > 0.0:
        c, s = abs(math.cos(theta)), abs(math.sin(theta))
        half_x, half_y = c * half_x + s * half_y, s * half_x + c * half_y
    return x - half_x, y - half_y, x + half_x, y + half_y


def with_unique_ids(regions: Sequence[Region]) -> tuple[tuple[Region, ...], tuple[Note, ...]]:
    """Regions that all have an id of their own.

    Ids that are given once are kept. Where an id is empty or given twice, the region is called by
    class and
    number, counted from left to right within the class (there is no tracking: such an id holds for
    one picture).
    """
    counts = Counter(region.id for region in regions)
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
