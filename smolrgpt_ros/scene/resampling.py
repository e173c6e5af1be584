# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Filters of Pillow, which moved in 9.1; Ubuntu 22.04, Humble's, has 9.0."""

from __future__ import annotations

from typing import Any

from PIL import Image

_FILTERS: Any = getattr(Image, 'Resampling', Image)

BILINEAR = _FILTERS.BILINEAR
BICUBIC = _FILTERS.BICUBIC
