# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The whole network: one attribute per box of the architecture drawing."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .config import SmolRgptConfig
from .connector import Connector
from .language import LanguageModel
from .refiner import Refiner
from .vision import VisionEncoder


class Network(nn.Module):
    """Vision encoder, two connectors, two refiners, language model."""

    def __init__(self, config: SmolRgptConfig) -> None:
        super().__init__()
        self.config = config
        self.vision_encoder = VisionEncoder(config)
        self.rgb_connector, self.depth_connector = Connector(config), Connector(config)
        self.rgb_refiner, self.depth_refiner = Refiner(config), Refiner(config)
        self.decoder = LanguageModel(config)

    def see(self, rgb: Tensor, depth: Tensor) -> tuple[Tensor, Tensor]:
        """Two pictures (3, S, S) in one batch -> image tokens of each (T, C)."""
        patches = self.vision_encoder(torch.stack((rgb, depth)))  # (2, P, D)
        return self.rgb_connector(patches[:1])[0], self.depth_connector(patches[1:])[0]
