# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How a checkpoint wants its depth, kept beside its weights.

Not in ``config.json``: other readers of the published format refuse keys they do not know. A folder
without this file was trained on the dataset's convention.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

from .errors import CheckpointError
from .preprocess import DepthConvention

PREPROCESSING = 'preprocessor_config.json'


@dataclass(frozen=True)
class Preprocessing:
    """What becomes of depth before the network sees it.

    Attributes:
        depth_convention: see `DepthConvention`.
        points_scale_m: metres that become 1, and the distance ahead that becomes 0 ('points').
    """

    depth_convention: DepthConvention = 'training'
    points_scale_m: float = 5.0

    def to_json(self) -> str:
        """Text that `read_preprocessing` reads back."""
        return json.dumps(asdict(self), indent=2) + '\n'


def read_preprocessing(folder: Path) -> Preprocessing:
    """Read a checkpoint folder's preprocessing; the published one where it says nothing.

    Raises:
        CheckpointError: names the file and the value at fault.
    """
    path = folder / PREPROCESSING
    if not path.is_file():
        return Preprocessing()
    try:
        raw = json.loads(path.read_text(encoding='utf-8'))
    except (OSError, RecursionError, ValueError) as error:
        raise CheckpointError(f'{path} cannot be read as JSON: {error}') from error
    if not isinstance(raw, dict):
        raise CheckpointError(f'{path} holds a {type(raw).__name__}, expected an object')
    convention = raw.get('depth_convention', 'training')
    scale_m = raw.get('points_scale_m', Preprocessing.points_scale_m)
    if convention not in get_args(DepthConvention):
        raise CheckpointError(
            f'{path}: depth_convention is {convention!r}, expected one of '
            f'{", ".join(get_args(DepthConvention))}'
        )
    if isinstance(scale_m, bool) or not isinstance(scale_m, (int, float)) or not 0 < scale_m < 1e6:
        raise CheckpointError(f'{path}: points_scale_m is {scale_m!r}, expected metres above zero')
    return Preprocessing(convention, float(scale_m))
