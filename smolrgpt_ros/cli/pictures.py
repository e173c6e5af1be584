# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Colour and depth pictures from files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from smolrgpt_ros.cli.problem import Problem
from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthImage


def read_colour(path: Path) -> np.ndarray:
    """RGB uint8 (H, W, 3). Raises Problem."""
    try:
        with Image.open(path) as picture:
            return np.array(picture.convert('RGB'))
    except FileNotFoundError as error:
        raise Problem(f'there is no picture {path}') from error
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError) as error:
        raise Problem(f'picture {path} cannot be read: {error}') from error


def read_depth(path: Path, units_per_metre: float, size_px: tuple[int, int]) -> DepthImage:
    """Depth registered to a colour picture of (width, height).

    Whole numbers are units of `units_per_metre`, floating point numbers are metres (REP 118).

    Raises:
        Problem: unreadable, of another size than the colour picture, 8-bit, or no positive scale.
    """
    pixels = _pixels(path)
    if pixels.ndim != 2:
        raise Problem(f'depth {path} has the shape {pixels.shape}, expected one channel')
    if pixels.shape != size_px[::-1]:
        raise Problem(
            f'depth {path} is {pixels.shape[1]}x{pixels.shape[0]}, the picture '
            f'{size_px[0]}x{size_px[1]}; register the depth to the colour picture first'
        )
    if pixels.dtype.kind == 'f':
        return DepthImage(pixels.astype(np.float32), 1.0)
    if pixels.dtype.kind not in 'iu' or pixels.dtype.itemsize < 2:
        raise Problem(
            f'depth {path} is {pixels.dtype}, expected 16-bit units or metres in floating point; '
            '8-bit depth is relative and nothing can be measured in it'
        )
    if not units_per_metre > 0:
        raise Problem(
            f'--depth-scale is {units_per_metre:g}, expected the units in a metre, as 1000'
        )
    if pixels.size and (pixels.min() < 0 or pixels.max() > np.iinfo(np.uint16).max):
        raise Problem(
            f'depth {path} reaches from {pixels.min()} to {pixels.max()}, expected 0 to 65535'
        )
    return DepthImage(pixels.astype(np.uint16), 1.0 / units_per_metre)


def _pixels(path: Path) -> np.ndarray:
    try:
        if path.suffix == '.npy':
            return np.load(path, allow_pickle=False)
        with Image.open(path) as picture:
            return np.array(picture)
    except FileNotFoundError as error:
        raise Problem(f'there is no depth {path}') from error
    except (OSError, SyntaxError, ValueError, EOFError, UnidentifiedImageError) as error:
        raise Problem(f'depth {path} cannot be read: {error}') from error


def camera_of(text: str, size_px: tuple[int, int]) -> Camera:
    """The camera of 'fx,fy,cx,cy' for a picture of (width, height). Raises Problem."""
    try:
        fx, fy, cx, cy = (float(part) for part in text.split(','))
    except ValueError as error:
        raise Problem(
            f'--camera is {text!r}, expected four numbers fx,fy,cx,cy in pixels'
        ) from error
    if not (np.isfinite([fx, fy, cx, cy]).all() and fx > 0 and fy > 0):
        raise Problem(f'--camera is {text!r}, expected finite numbers with fx and fy above 0')
    return Camera(*size_px, fx, fy, cx, cy)
