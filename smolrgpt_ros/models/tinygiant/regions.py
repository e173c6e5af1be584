# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the fine maps say about regions: means inside the masks, where they are, points around."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

_EPSILON = 1e-8
#: numbers of `Regions.geometry`, and of `Points.where`
GEOMETRY, WHERE = 15, 6


@dataclass(frozen=True)
class FineMaps:
    """Fine maps of P pictures: `rgb`, `depth` (P, s, s, F); `plane` (P, s, s, 3) depth itself."""

    rgb: Tensor
    depth: Tensor
    plane: Tensor

    @property
    def side(self) -> int:
        """Cells along one side."""
        return self.rgb.shape[1]


@dataclass(frozen=True)
class Masks:
    """R regions as weights of the cells, ordered into the P pictures they are on.

    Attributes:
        weights: (P, K, s, s) float32, K the most regions of a picture; rows that stand for
            nothing are zero.
        picture: (R,) picture of each region.
        row: (R,) its row there.
    """

    weights: Tensor
    picture: Tensor
    row: Tensor

    @classmethod
    def of(cls, weights: Tensor, picture: Tensor, pictures: int) -> Masks:
        """Order the regions' `weights` (R, s * s) by their `picture` (R,)."""
        side = round(weights.shape[1] ** 0.5)
        same = picture[:, None] == picture  # (R, R)
        row = same.tril(-1).sum(1)  # how many regions of the picture came before
        most = int(row.max()) + 1 if len(row) else 0
        table = weights.new_zeros(pictures, most, side, side)
        table[picture, row] = weights.view(-1, side, side)
        return cls(table, picture, row)

    def picked(self, table: Tensor) -> Tensor:
        """Rows (R, ...) of a table (P, K, ...)."""
        return table[self.picture, self.row]


@dataclass(frozen=True)
class Regions:
    """What is read of R regions: means `rgb`, `depth` (R, F), and `geometry` (R, 15)."""

    rgb: Tensor
    depth: Tensor
    geometry: Tensor


@dataclass(frozen=True)
class Points:
    """M points in and around each of R regions.

    `rgb`, `depth` (R, M, F) of the fine maps; `where` (R, M, 6): x, y in [-1, 1], how much of it
    lies inside of the mask, and depth itself.
    """

    rgb: Tensor
    depth: Tensor
    where: Tensor


def pooled(maps: FineMaps, masks: Masks) -> Regions:
    """Means of the fine maps, weighted by the masks, and where the masks lie."""
    weights = masks.weights.flatten(2)  # (P, K, s * s)
    total = weights.sum(-1, keepdim=True) + _EPSILON
    share = weights / total

    def mean(plane: Tensor) -> Tensor:
        return masks.picked(share.to(plane.dtype) @ plane.flatten(1, 2))

    with torch.autocast(share.device.type, enabled=False):
        geometry = masks.picked(_geometry(maps, masks, share))
    return Regions(mean(maps.rgb), mean(maps.depth), geometry)


def _geometry(maps: FineMaps, masks: Masks, share: Tensor) -> Tensor:
    """(P, K, 15): centre, spread, size, box (all in sides of the picture), depth and its spread.

    They follow from the mask alone: reading them off pooled features would have to be learnt.
    """
    side = maps.side
    centres = cell_centres(side, share.device)  # (s,)
    x, y = centres.repeat(side), centres.repeat_interleave(side)
    known = torch.cat((torch.stack((x, y), -1).expand(len(share), -1, -1), _plane(maps)), -1)
    mean = share @ known  # (P, K, 5)
    spread = (share @ known.square() - mean.square()).clamp_min(0).sqrt()
    size = masks.weights.mean((2, 3)).sqrt()[..., None]
    return torch.cat((mean, spread, size, boxes(masks.weights)), -1)


def _plane(maps: FineMaps) -> Tensor:
    """Depth as it is (P, s * s, 3), float32."""
    return maps.plane.flatten(1, 2).float()


def cell_centres(side: int, device: torch.device) -> Tensor:
    """Centres of `side` cells along [-1, 1]."""
    return (torch.arange(side, device=device) + 0.5) * (2 / side) - 1


def boxes(weights: Tensor) -> Tensor:
    """Left, top, right, bottom (..., 4) in [-1, 1] of the cells (..., s, s) that weigh anything."""
    side = weights.shape[-1]
    edges = torch.arange(side + 1, device=weights.device) * (2 / side) - 1
    low, high = [], []
    for covered in (weights.ne(0).any(-2), weights.ne(0).any(-1)):  # columns, rows
        some = covered.any(-1)
        first = covered.int().argmax(-1)
        last = side - covered.flip(-1).int().argmax(-1)
        low.append(edges[first] * some)
        high.append(edges[last] * some)
    return torch.stack((*low, *high), -1)


def sampled(maps: FineMaps, masks: Masks, count: int, context: float) -> Points:
    """Look at `count` x `count` points of a frame `context` times as large as each region's box.

    A point is the mean of 2 x 2 bilinear samples, as in RoIAlign (He et al. 2017).
    """
    places = _places(boxes(masks.weights), 2 * count, context, maps.side)  # (P, K, 2n, 2n, 2)
    rgb, depth, plane = (
        masks.picked(_means(_samples(part, places))) for part in (maps.rgb, maps.depth, maps.plane)
    )
    picked = masks.picked(places)[:, None]  # (R, 1, 2n, 2n, 2)
    own = masks.picked(masks.weights)[..., None]  # (R, s, s, 1)
    inside = _means(_samples(own, picked))[:, 0]
    where = torch.cat((_means(picked)[:, 0], inside, plane.float()), -1)
    return Points(rgb, depth, where)


def _places(box: Tensor, count: int, context: float, side: int) -> Tensor:
    """Sampling places (P, K, n, n, 2) as x, y in [-1, 1] over boxes (P, K, 4), made larger."""
    low, high = box[..., :2], box[..., 2:]
    centre = (low + high) / 2
    # A region of one cell is still looked at with its surroundings.
    half = ((high - low) / 2).clamp_min(2 / side) * context
    steps = cell_centres(count, box.device)
    x, y = (centre[..., axis, None] + half[..., axis, None] * steps for axis in (0, 1))
    shape = (*x.shape[:-1], count, count)
    return torch.stack((x[..., None, :].expand(shape), y[..., :, None].expand(shape)), -1)


def _samples(maps: Tensor, places: Tensor) -> Tensor:
    """Bilinear samples (P, K, n, n, F) of maps (P, s, s, F); beyond the edge the edge goes on."""
    pictures, most, rows, columns, _ = places.shape
    if not pictures * most:  # sampling refuses to sample nothing
        return maps.new_zeros(*places.shape[:-1], maps.shape[-1])
    # In float32: half precision rounds places by half a cell.
    found = F.grid_sample(
        maps.permute(0, 3, 1, 2).float(),
        places.flatten(1, 2),
        padding_mode='border',
        align_corners=False,
    )  # (P, F, K * n, n)
    return found.permute(0, 2, 3, 1).reshape(pictures, most, rows, columns, -1).to(maps.dtype)


def _means(samples: Tensor) -> Tensor:
    """Means of 2 x 2 neighbours: (P, K, 2n, 2n, F) -> (P, K, n * n, F)."""
    count = samples.shape[2] // 2
    return samples.unflatten(2, (count, 2)).unflatten(4, (count, 2)).mean((3, 5)).flatten(2, 3)
