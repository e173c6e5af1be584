# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SmolRGPT and TinyGiantVLM as learners: the same prompts and batches, networks of their own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from smolrgpt_ros.models.batch import TaughtBatch
from smolrgpt_ros.models.probes import Probes
from smolrgpt_ros.models.smolrgpt import taught as smolrgpt
from smolrgpt_ros.models.smolrgpt.pack import save as save_smolrgpt
from smolrgpt_ros.models.smolrgpt.prepare import PreparedPicture, TaughtText, prepare
from smolrgpt_ros.models.smolrgpt.preprocessing import Preprocessing
from smolrgpt_ros.models.smolrgpt.reading import Learnt
from smolrgpt_ros.models.smolrgpt.tokens import PromptTokenizer
from smolrgpt_ros.models.tinygiant import taught as tinygiant
from smolrgpt_ros.models.tinygiant.pack import save as save_tinygiant
from smolrgpt_ros.training.data.pictures import TaughtPicture
from smolrgpt_ros.training.data.region_facts import FACTS_THAT_ARE_FLAGS
from smolrgpt_ros.training.data.region_relations import RELATIONS_THAT_ARE_FLAGS

from .learner import AnswerLoss
from .stages import SMOLRGPT_PARTS, TINYGIANT_PARTS, Part

#: longest question with its answer, in tokens
_LONGEST = 2048


@dataclass(frozen=True)
class Architecture:
    """What differs between the two networks; both folders have the same files.

    Networks and configs are of the architecture's own types, which have no base in common.
    """

    parts: tuple[Part, ...]
    create: Callable[[Any, int], Any]
    trainable: Callable[..., Any]
    collate: Callable[[Sequence[PreparedPicture], PromptTokenizer, int], TaughtBatch]
    learnt: Callable[[Any, PromptTokenizer, TaughtBatch], Learnt]
    save: Callable[..., Path]


ARCHITECTURES = {
    'smolrgpt': Architecture(
        SMOLRGPT_PARTS,
        smolrgpt.create,
        smolrgpt.trainable,
        smolrgpt.collate,
        smolrgpt.learnt,
        save_smolrgpt,
    ),
    'tinygiant': Architecture(
        TINYGIANT_PARTS,
        tinygiant.create,
        tinygiant.trainable,
        tinygiant.collate,
        tinygiant.learnt,
        save_tinygiant,
    ),
}


class NetworkPreparation:
    """Pictures to batches of one architecture."""

    def __init__(
        self,
        architecture: Architecture,
        config: Any,
        tokenizer: PromptTokenizer,
        preprocessing: Preprocessing,
    ) -> None:
        self._collate, self._config = architecture.collate, config
        self._tokenizer, self._preprocessing = tokenizer, preprocessing
        room = config.lm_max_position_embeddings - len(tokenizer.prefix)
        self._longest = min(room, _LONGEST)

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
            [
                TaughtText(q.text, q.things, q.answer, q.value, q.relations)
                for q in picture.questions
            ],
            self._config,
            self._preprocessing,
            picture.facts,
        )
        # A question that is too long or contains control tokens is this picture's fault.
        self.collate([prepared])
        return prepared

    def collate(self, prepared: Sequence[PreparedPicture]) -> TaughtBatch:
        """Join prepared pictures."""
        return self._collate(prepared, self._tokenizer, self._longest)


class NetworkLearner:
    """A network, its tokenizer, and how it wants its pictures."""

    def __init__(
        self,
        architecture: Architecture,
        network: Any,
        tokenizer: Path,
        preprocessing: Preprocessing,
        stage: str,
        probing: float = 0.0,
    ) -> None:
        """Teach `network`; its checkpoints get the file `tokenizer` and say `stage`.

        `probing` is the weight of what probes find wrong in its regions.
        """
        network.config = dataclasses.replace(network.config, stage=stage)
        self.network, self.parts = network, architecture.parts
        self._architecture, self._tokenizer_path = architecture, tokenizer
        self._tokenizer = PromptTokenizer(tokenizer, network.config)
        self._preprocessing, self._probing = preprocessing, probing
        flags = FACTS_THAT_ARE_FLAGS, RELATIONS_THAT_ARE_FLAGS
        self.probes = Probes(network.config.lm_hidden_dim, *flags) if probing > 0.0 else None
        self.preparation = NetworkPreparation(
            architecture, network.config, self._tokenizer, preprocessing
        )

    def loss(self, batch: TaughtBatch) -> AnswerLoss:
        """Loss of the answers of `batch`, and what a mixture of experts and probes add."""
        learnt = self._architecture.learnt(self.network, self._tokenizer, batch)
        further: Tensor | None = getattr(self.network, 'auxiliary_loss', None)
        if self.probes is not None:
            mistake = self.probes(learnt.regions, learnt.relating, learnt.thoughts, batch)
            wrong = self._probing * mistake
            further = wrong if further is None else further + wrong
        return AnswerLoss(learnt.loss, batch.taught_tokens, further)

    def save(self, folder: Path) -> None:
        """Write a checkpoint to the new `folder`."""
        self._architecture.save(
            self.network, self._tokenizer_path, folder, preprocessing=self._preprocessing
        )
