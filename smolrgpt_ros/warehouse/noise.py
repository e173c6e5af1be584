# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a stereo camera and a real detector make of a perfect frame."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image
from scipy import ndimage

from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.scene.resampling import BILINEAR
from smolrgpt_ros.warehouse.render import Frame, detected_things


@dataclass(frozen=True)
class SensorNoise:
    """Errors of a stereo camera and of a detector.

    Attributes:
        sigma_per_m: standard deviation of depth is this times z squared, 1/m (2 mm at 1 m, as a
            RealSense D435).
        correlation_px: how far neighbouring depth errors go together.
        quantum_m: depth comes in steps of this.
        baseline_m: distance of the two cameras. Left of an edge nothing is measured over
            ``baseline_m * fx * (1 / near - 1 / far)`` pixels, which only one of them sees.
        texture_holes: share of the floor and walls lost in patches for want of texture.
        flying: share of the pixels at depth edges that fall between both surfaces.
        border_px: standard deviation of a mask's border.
        box_px: standard deviation of a box's sides.
        missed: share of detections left out (never in a dataset).
    """

    sigma_per_m: float = 0.002
    correlation_px: float = 1.2
    quantum_m: float = 0.001
    baseline_m: float = 0.05
    texture_holes: float = 0.012
    flying: float = 0.5
    border_px: float = 1.0
    box_px: float = 1.5
    missed: float = 0.0


REALSENSE = SensorNoise()
# While driving, a detector also loses an object now and then.
DRIVING = SensorNoise(missed=0.03)
EDGE_SHARE = 0.04


def noisy_depth(
    depth_m: np.ndarray, fx: float, rng: np.random.Generator, noise: SensorNoise = REALSENSE
) -> np.ndarray:
    """Depth (H, W) float32 as a stereo camera measures it, NaN in its holes."""
    near, far = _edges(depth_m)
    measured = depth_m + noise.sigma_per_m * depth_m**2 * _correlated(
        depth_m.shape, noise.correlation_px, rng
    )
    edge = (far - near) > EDGE_SHARE * depth_m
    flying = edge & (rng.random(depth_m.shape, np.float32) < noise.flying)
    share = rng.random(int(flying.sum()), np.float32)
    measured[flying] = near[flying] + share * (far[flying] - near[flying])
    measured = np.rint(measured / noise.quantum_m) * np.float32(noise.quantum_m)
    measured[
        _shadows(depth_m, fx * noise.baseline_m) | _patches(depth_m.shape, noise.texture_holes, rng)
    ] = np.nan
    return measured.astype(np.float32)


def _edges(depth_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nearest and farthest of each pixel's 3x3 surroundings."""
    return ndimage.minimum_filter(depth_m, 3), ndimage.maximum_filter(depth_m, 3)


def _correlated(
    shape: tuple[int, int], correlation_px: float, rng: np.random.Generator
) -> np.ndarray:
    """Draw a correlated normal field of standard deviation 1."""
    field = rng.standard_normal(shape, np.float32)
    if correlation_px <= 0.0:
        return field
    smooth = ndimage.gaussian_filter(field, correlation_px, mode='wrap')
    return smooth / smooth.std()


def _shadows(depth_m: np.ndarray, disparity_scale: float) -> np.ndarray:
    """Find where the second camera, to the right, cannot see past a nearer object."""
    disparity = disparity_scale / depth_m
    columns = np.arange(depth_m.shape[1], dtype=np.float32)
    # A pixel lands at x - disparity in the other picture; it is hidden when one further right lands
    # left of it.
    landing = columns - disparity
    to_the_right = np.minimum.accumulate(landing[:, ::-1], axis=1)[:, ::-1]
    return landing > to_the_right + 0.75


def _patches(shape: tuple[int, int], share: float, rng: np.random.Generator) -> np.ndarray:
    """Irregular holes that take up about `share` of the picture."""
    if share <= 0.0:
        return np.zeros(shape, bool)
    step = max(shape[1] // 80, 4)
    coarse = rng.standard_normal((shape[0] // step + 2, shape[1] // step + 2), np.float32)
    picture = Image.fromarray(ndimage.gaussian_filter(coarse, 1.0))
    field = np.asarray(picture.resize(shape[::-1], BILINEAR))
    return field > np.quantile(field, 1.0 - share)


def noisy_mask(mask: np.ndarray, border_px: float, rng: np.random.Generator) -> np.ndarray:
    """Let a mask's border wander in and out, smoothly along its course; never empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    pad = int(4 * border_px) + 2
    y0, x0 = max(rows[0] - pad, 0), max(columns[0] - pad, 0)
    window = np.s_[y0 : rows[-1] + pad + 1, x0 : columns[-1] + pad + 1]
    inside = mask[window]
    # Outside of the picture the object goes on: its cut is no border that could move.
    padded = np.pad(inside, 1, mode='edge')
    signed = (ndimage.distance_transform_edt(padded) - ndimage.distance_transform_edt(~padded))[
        1:-1, 1:-1
    ]
    wandering = _correlated((inside.shape[0], inside.shape[1]), 4.0, rng) * border_px
    moved = signed - np.where(signed > 0, 0.5, -0.5) > wandering
    noisy = np.zeros_like(mask)
    noisy[window] = moved if moved.any() else inside
    return noisy


def _jittered(
    box: tuple[float, float, float, float],
    sigma_px: float,
    size_px: tuple[int, int],
    rng: np.random.Generator,
) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = np.array(box) + rng.normal(0.0, sigma_px, 4)
    width, height = size_px
    x0, y0 = float(np.clip(x0, 0, width - 2)), float(np.clip(y0, 0, height - 2))
    return x0, y0, float(np.clip(x1, x0 + 1, width)), float(np.clip(y1, y0 + 1, height))


def box_mask(
    frame: Frame, index: int, rng: np.random.Generator, noise: SensorNoise | None = None
) -> np.ndarray:
    """Bool (H, W): the bounding box, filled; its sides a little off where there is noise."""
    width, height = frame.camera.width, frame.camera.height
    box = frame.box_px(index)
    if noise is not None:
        box = _jittered(box, noise.box_px * width / 640.0, (width, height), rng)
    x0, y0, x1, y1 = (round(value) for value in box)
    mask = np.zeros((height, width), bool)
    mask[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)] = True
    return mask


def with_noise(frame: Frame, rng: np.random.Generator, noise: SensorNoise = REALSENSE) -> Frame:
    """Return the frame as a stereo camera delivers it.

    Depth has errors and holes, colour a little grain; masks stay true.
    """
    grain = rng.integers(-4, 5, frame.colour.shape, np.int8)
    colour = np.clip(frame.colour.astype(np.int16) + grain, 0, 255).astype(np.uint8)
    return replace(
        frame, colour=colour, depth_m=noisy_depth(frame.depth_m, frame.camera.fx, rng, noise)
    )


def noisy_detections(
    frame: Frame, rng: np.random.Generator, noise: SensorNoise = REALSENSE, *, masks: bool = True
) -> tuple[Region, ...]:
    """Report as a real detector does: jittered boxes, wandering masks, scores below 1."""
    scale = frame.camera.width / 640.0
    size_px = (frame.camera.width, frame.camera.height)
    regions = []
    for index in detected_things(frame):
        if rng.random() < noise.missed:
            continue
        thing = frame.world.things[index]
        mask = noisy_mask(frame.mask(index), noise.border_px * scale, rng) if masks else None
        regions.append(
            Region(
                _jittered(frame.box_px(index), noise.box_px * scale, size_px, rng),
                thing.class_id,
                float(rng.uniform(0.6, 0.99)),
                thing.id,
                mask,
            )
        )
    return tuple(regions)
