# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The whole network: one attribute per box of the drawing in `docs/explanation/tinygiant.md`."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .backbone import Stream
from .config import FINE_STRIDE, TinyGiantConfig
from .decoder import Decoder
from .experts import Routing
from .fusion import Fusion
from .regions import FineMaps, Masks, pooled, sampled
from .reinspection import Crops


@dataclass(frozen=True)
class Seen:
    """P pictures: `tokens` (P, T, C) before the experts, mean token (P, 2 V), fine maps."""

    tokens: Tensor
    whole: Tensor
    maps: FineMaps


class TinyGiant(nn.Module):
    """Two streams, fusion by experts, decoder that looks at the regions again."""

    def __init__(self, config: TinyGiantConfig) -> None:
        super().__init__()
        self.config = config
        stream = config.vision_dims, config.vision_depths, config.fine_dim
        self.rgb_stream, self.depth_stream = Stream(*stream), Stream(*stream)
        self.fusion = Fusion(config)
        self.crops = Crops(config)
        self.decoder = Decoder(config)
        #: of the last `fused`: weighted losses of the gates, to be added to the answers' loss
        self.auxiliary_loss: Tensor | None = None

    def see(self, rgb: Tensor, depth: Tensor) -> Seen:
        """Encode pictures (P, 3, S, S) float32; depth's own values stay in that precision."""
        like = self.fusion.position
        rgb_tokens, rgb_map = self.rgb_stream(rgb.to(like))
        depth_tokens, depth_map = self.depth_stream(depth.to(like))
        plane = F.avg_pool2d(depth, FINE_STRIDE).permute(0, 2, 3, 1)
        return Seen(
            self.fusion.pictures(rgb_tokens, depth_tokens),
            torch.cat((rgb_tokens, depth_tokens), -1).mean(1),
            FineMaps(rgb_map, depth_map, plane),
        )

    def regions(self, seen: Seen, masks: Masks) -> Tensor:
        """Two tokens a region before the experts (R, 2, C)."""
        return self.fusion.regions(pooled(seen.maps, masks), seen.whole[masks.picture])

    def looked_at(self, seen: Seen, masks: Masks, tokens: Tensor) -> Tensor:
        """Points (R, M, C) that can be looked at again, from fused region tokens (R, 2, C)."""
        config = self.config
        points = sampled(seen.maps, masks, config.crop_side, config.crop_context)
        return self.crops(points, tokens)

    def fused(self, pictures: Tensor, regions: Tensor) -> tuple[Tensor, Tensor]:
        """All tokens of a batch (P, T, C), (R, 2, C) together through the experts.

        These so balance them all; sets `auxiliary_loss`.
        """
        every = torch.cat((pictures.flatten(0, 1), regions.flatten(0, 1)))
        fused = self.fusion(every)
        self.auxiliary_loss = self._balance(fused)
        count = pictures.shape[0] * pictures.shape[1]
        return fused[:count].view(pictures.shape), fused[count:].view(regions.shape)

    def routing_report(self) -> dict[str, float]:
        """Share of the last pass's tokens that each expert got, by layer and expert, for logs."""
        return {
            f'experts/layer_{layer}/expert_{number}': share
            for layer, routing in enumerate(self.fusion.routings)
            for number, share in enumerate(routing.shares.tolist())
        }

    def _balance(self, like: Tensor) -> Tensor:
        """Weighted losses of the gates, mean of the layers; 0 without experts."""
        routings: list[Routing] = self.fusion.routings
        if not routings:
            return like.new_zeros(())
        weights = self.config.balance_weight, self.config.router_z_weight
        losses = [
            weights[0] * routing.balance + weights[1] * routing.logit_square for routing in routings
        ]
        return torch.stack(losses).mean()
