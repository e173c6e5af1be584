# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SmolRGPT as a learner."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from smolrgpt_ros.models.batch import TaughtBatch
from smolrgpt_ros.models.smolrgpt import taught
from smolrgpt_ros.models.smolrgpt.config import SmolRgptConfig
from smolrgpt_ros.models.smolrgpt.network import Network
from smolrgpt_ros.models.smolrgpt.pack import save as save_checkpoint
from smolrgpt_ros.models.smolrgpt.prepare import PreparedPicture, TaughtText, prepare
from smolrgpt_ros.models.smolrgpt.preprocessing import Preprocessing
from smolrgpt_ros.models.smolrgpt.tokens import PromptTokenizer
from smolrgpt_ros.training.data.pictures import TaughtPicture

from .learner import AnswerLoss
from .stages import SMOLRGPT_PARTS, Part


class SmolRgptPreparation:
    """Pictures to batches."""

    def __init__(
        self, config: SmolRgptConfig, tokenizer: PromptTokenizer, preprocessing: Preprocessing
    ) -> None:
        self._config, self._tokenizer, self._preprocessing = config, tokenizer, preprocessing
        room = config.lm_max_position_embeddings - len(tokenizer.prefix)
        self._longest = min(room, 2048)

    def prepare(self, picture: TaughtPicture) -> PreparedPicture:
        """Bring a picture to the network's size. Raises `ValueError` for one of no use."""
        depth, rays = picture.relative_depth, None
        if self._preprocessing.depth_convention == 'points':
            if picture.depth_m is None or picture.camera is None:
                raise ValueError('points need metric depth and the intrinsics of the camera')
            depth = picture.depth_m
            rays = picture.camera.rays((0, 0, depth.shape[1], depth.shape[0]))
        prepared = prepare(
            picture.colour,
            depth,
            rays,
            picture.masks,
            [TaughtText(q.text, q.things, q.answer) for q in picture.questions],
            self._config,
            self._preprocessing,
        )
        # A question that is too long or contains control tokens is this picture's fault.
        taught.collate([prepared], self._tokenizer, self._longest)
        return prepared

    def collate(self, prepared: Sequence[PreparedPicture]) -> TaughtBatch:
        """Join prepared pictures."""
        return taught.collate(prepared, self._tokenizer, self._longest)


class SmolRgptLearner:
    """The network, its tokenizer, and how it wants its pictures."""

    parts: tuple[Part, ...] = SMOLRGPT_PARTS

    def __init__(
        self, network: Network, tokenizer: Path, preprocessing: Preprocessing, stage: str
    ) -> None:
        """Teach `network`; its checkpoints get the file `tokenizer` and say `stage`."""
        network.config = dataclasses.replace(network.config, stage=stage)
        self.network = network
        self._tokenizer_path = tokenizer
        self._tokenizer = PromptTokenizer(tokenizer, network.config)
        self._preprocessing = preprocessing
        self.preparation = SmolRgptPreparation(network.config, self._tokenizer, preprocessing)

    def loss(self, batch: TaughtBatch) -> AnswerLoss:
        """Loss of the answers of `batch`."""
        return AnswerLoss(*taught.answer_loss(self.network, self._tokenizer, batch))

    def save(self, folder: Path) -> None:
        """Write a checkpoint in the published form to the new `folder`."""
        save_checkpoint(
            self.network, self._tokenizer_path, folder, preprocessing=self._preprocessing
        )
