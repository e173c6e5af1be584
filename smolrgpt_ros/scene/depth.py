# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Metric depth as it arrived, converted only where somebody looks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# REP 118: 16UC1 is millimetres, 32FC1 metres; mono16 is how several drivers label the former.
_METRES_PER_UNIT = {'16UC1': 0.001, 'mono16': 0.001, '32FC1': 1.0}


class DepthError(ValueError):
    """Depth that cannot be used with the colour picture.

    The message says why and what would help.
    """


@dataclass(frozen=True, eq=False)
class DepthImage:
    """Depth along the optical axis (z), registered to the colour image.

    Attributes:
        raw: (H, W) uint16 or float32, any byte order, possibly a strided view of a message's
            buffer.
        metres_per_unit: 0.001 for 16UC1 (REP 118), 1.0 for 32FC1.
    """

    raw: np.ndarray
    metres_per_unit: float

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.raw.shape  # type: ignore[return-value]

    def crop_m(
        self, window_px: tuple[int, int, int, int], stride: int | tuple[int, int] = 1
    ) -> np.ndarray:
        """Depth of the window (x0, y0, x1, y1) in metres, float32.

        NaN where nothing was measured.

        Args:
            stride: from sample to sample, or (along a row, down a column).
        """
        x0, y0, x1, y1 = window_px
        along, down = stride if isinstance(stride, tuple) else (stride, stride)
        return self._metres_of(self.raw[y0:y1:down, x0:x1:along])

    def at_m(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Depth at pixels (...) in metres, float32, NaN where nothing was measured."""
        return self._metres_of(self.raw[rows, columns])

    def _metres_of(self, raw: np.ndarray) -> np.ndarray:
        depth_m = raw.astype(np.float32)
        if self.metres_per_unit != 1.0:
            depth_m *= np.float32(self.metres_per_unit)
        if self.raw.dtype.kind == 'u':
            np.copyto(depth_m, np.nan, where=depth_m == 0.0)
        else:
            np.copyto(depth_m, np.nan, where=~((depth_m > 0.0) & (depth_m < np.inf)))
        return depth_m

    def metres(self) -> np.ndarray:
        """The whole picture (H, W) in metres, float32, NaN where nothing was measured."""
        height, width = self.shape
        return self.crop_m((0, 0, width, height))


def depth_from_view(view: np.ndarray, encoding: str) -> DepthImage:
    """Depth of an `image_view` (H, W) by its encoding.

    Raises DepthError for encodings that are none.
    """
    if encoding not in _METRES_PER_UNIT:
        raise DepthError(
            f'a picture in {encoding!r} is no depth; expected 16UC1 or mono16 (millimetres) '
            'or 32FC1 (metres)'
        )
    if view.ndim != 2:
        raise DepthError(f'depth has the shape {view.shape}, expected height and width')
    return DepthImage(view, _METRES_PER_UNIT[encoding])
