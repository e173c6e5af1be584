# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which frames answers are in, where a recording has TF and where it has none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.recorded.bag import Bag, BagError
from smolrgpt_ros.recorded.topics import has_transforms, listed

WAREHOUSE_FRAMES = ('map', 'map', 'base_link')
"""Target, gravity and viewer frame as in config/warehouse.yaml."""

_NAMES = ('target_frame', 'gravity_frame', 'viewer_frame')


@dataclass(frozen=True)
class Fitted:
    """Settings for a recording.

    Attributes:
        note: what was left out because the recording has no TF, in a sentence; '' for nothing.
    """

    settings: Settings
    note: str = ''


def fitted_settings(
    bag: Bag, settings: Settings, frames: tuple[str | None, str | None, str | None]
) -> Fitted:
    """The settings with frames: those asked for, else the warehouse's where there is TF.

    Args:
        frames: target, gravity and viewer frame; None for those that nobody asked for.

    Raises:
        BagError: a frame was asked for, and the recording has no TF.
    """
    changes: dict[str, Any]
    if has_transforms(bag):
        changes = {
            name: usual if asked is None else asked
            for name, usual, asked in zip(_NAMES, WAREHOUSE_FRAMES, frames, strict=True)
        }
        return Fitted(replace(settings, **changes))
    wanted = [frame for frame in frames if frame]
    if wanted:
        raise BagError(
            f'the recording {bag.path} has no TF (/tf, /tf_static), so nothing can be placed in '
            f"'{wanted[0]}'; leave the frames out for answers in the camera's own. It has "
            f'{listed(bag)}'
        )
    changes = dict.fromkeys(_NAMES, '')
    note = f"{bag.path} has no TF: positions are in the camera's own frame, and 'me' is the camera"
    return Fitted(replace(settings, **changes), note)
