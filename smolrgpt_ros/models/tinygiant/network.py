# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The whole network: one attribute per box of the drawing in `docs/explanation/tinygiant.md`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from smolrgpt_ros.models.batch import TaughtBatch

from .backbone import Stream
from .config import FINE_STRIDE, TinyGiantConfig
from .decoder import Decoder, TaughtKeys
from .experts import Routing
from .fusion import Fusion
from .regions import FineMaps, Masks, pooled, sampled
from .reinspection import Crops, Sight, regions_in_order


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
        #: of the last `forward`: weighted losses of the gates, to be added to the answers' loss
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

    def forward(self, batch: TaughtBatch, opening: Sequence[int]) -> Tensor:
        """Logits (Q, L, V) of the questions' and answers' tokens; sets `auxiliary_loss`.

        `batch.weights` are in the picture's order, row by row. `opening`: the prompt's tokens
        before the picture's. Pictures, regions and the prompt up to the question are computed
        once, however many questions follow them.
        """
        return self.decoder.logits(self.hidden(batch, opening))

    def hidden(self, batch: TaughtBatch, opening: Sequence[int]) -> Tensor:
        """As `forward`, hidden states (Q, L, C)."""
        seen = self.see(batch.rgb, batch.depth)
        masks = Masks.of(batch.weights, batch.region_picture, len(batch.rgb))
        pictures, regions = self._fused(seen.tokens, self.regions(seen, masks))
        self.auxiliary_loss = self._balance(pictures)
        prefix = torch.cat((self._words(opening, pictures), pictures), 1)
        keys = TaughtKeys()
        self._read(prefix, 0, keys)
        x = self._with_regions(self.decoder.embed(batch.ids), batch, regions)
        order = regions_in_order(batch.region_slots, self._stands_for_region(batch, 0))
        memory = self.crops.memory(self.looked_at(seen, masks, regions), order)
        start = prefix.shape[1]
        return self._read(
            x, start, TaughtKeys(keys, batch.question_picture), self.decoder.sight(memory, start)
        )

    @property
    def mask_rgb(self) -> int:
        """Number of the token ``<mask_rgb>``; the one of depth follows it."""
        return self.config.lm_base_vocab_size + 1

    def routing_report(self) -> dict[str, float]:
        """Share of the last pass's tokens that each expert got, by layer and expert, for logs."""
        return {
            f'experts/layer_{layer}/expert_{number}': share
            for layer, routing in enumerate(self.fusion.routings)
            for number, share in enumerate(routing.shares.tolist())
        }

    def _fused(self, pictures: Tensor, regions: Tensor) -> tuple[Tensor, Tensor]:
        """All tokens of a batch through the experts together, which so balance them all."""
        every = torch.cat((pictures.flatten(0, 1), regions.flatten(0, 1)))
        fused = self.fusion(every)
        count = pictures.shape[0] * pictures.shape[1]
        return fused[:count].view(pictures.shape), fused[count:].view(regions.shape)

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

    def _words(self, opening: Sequence[int], like: Tensor) -> Tensor:
        """Embedded `opening` before each of the rows of `like` (P, T, C)."""
        ids = torch.tensor(list(opening), dtype=torch.long, device=like.device)
        return self.decoder.embed(ids).to(like).expand(len(like), -1, -1)

    def _with_regions(self, x: Tensor, batch: TaughtBatch, regions: Tensor) -> Tensor:
        """Put the regions' tokens in their places in `x` (Q, L, C)."""
        for kind in (0, 1):
            place = self._stands_for_region(batch, kind)
            tokens = regions[batch.region_slots[place], kind]
            x = x.masked_scatter(place[..., None], tokens.to(x))
        return x

    def _stands_for_region(self, batch: TaughtBatch, kind: int) -> Tensor:
        """(Q, L) true where the RGB (`kind` 0) or depth (1) token of a region has to be put in.

        A mask token without a region is one that a network has written itself: a word like others.
        """
        return (batch.ids == self.mask_rgb + kind) & (batch.region_slots >= 0)

    def _read(self, x: Tensor, start: int, keys: TaughtKeys, sight: Sight | None = None) -> Tensor:
        """Read `x` (B, L, C) from place `start` on: hidden states (B, L, C)."""
        places = torch.arange(start + x.shape[1], device=x.device)
        mask = (places[start:, None] >= places).expand(len(x), -1, -1)
        positions = places[start:].expand(len(x), -1)
        return self.decoder(x, positions, positions, mask, keys, sight)
