# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One encoded frame: what every question about it shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .network import Network
from .prefix import Prefix
from .regions import RefinedMap, mask_weights


@dataclass(frozen=True)
class Frame:
    """Image tokens (T, C), maps that regions are read from, and the prompt before a question."""

    image_tokens: Tensor
    rgb_map: RefinedMap
    depth_map: RefinedMap
    prefix: Prefix

    def region_tokens(self, masks: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
        """Masks of any sizes -> RGB and depth tokens (R, C) of the regions."""
        if not masks:
            none = self.image_tokens[:0]
            return none, none
        side = 8 * round(self.image_tokens.shape[0] ** 0.5)
        weights = mask_weights(masks, side).to(self.image_tokens.device)
        return self.rgb_map.regions(weights), self.depth_map.regions(weights)


def encode_frame(network: Network, prefix_ids: Sequence[int], rgb: Tensor, depth: Tensor) -> Frame:
    """Encode two pictures (3, S, S) behind the opening of the prompt."""
    rgb_tokens, depth_tokens = network.see(rgb, depth)  # (T, C) each
    text = len(prefix_ids) - len(rgb_tokens)
    ids = torch.tensor([list(prefix_ids[:text])], device=rgb.device)
    x = torch.cat((network.decoder.embed(ids), rgb_tokens[None]), dim=1)  # (1, P, C)
    return Frame(
        rgb_tokens,
        RefinedMap(network.rgb_refiner, rgb_tokens),
        RefinedMap(network.depth_refiner, depth_tokens),
        Prefix(network, x),
    )
