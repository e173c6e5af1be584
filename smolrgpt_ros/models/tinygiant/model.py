# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""TinyGiantVLM as callers use it: frames in, answers out, no tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor

from smolrgpt_ros.models.smolrgpt.checkpoint import DType, Placement
from smolrgpt_ros.models.smolrgpt.generate import Limits, Written, generate
from smolrgpt_ros.models.smolrgpt.model import SmolRGPT, device_named
from smolrgpt_ros.models.smolrgpt.preprocess import DepthConvention
from smolrgpt_ros.models.smolrgpt.preprocessing import Preprocessing, read_preprocessing
from smolrgpt_ros.models.smolrgpt.prompts import Batch, Prompt, batch
from smolrgpt_ros.models.smolrgpt.score import Ids, score

from .checkpoint import Checkpoint
from .frame import AskedFrame, EagerDecoders, Looking, LookingDecoder, TinyFrame, encode_frame
from .network import TinyGiant
from .taught import opening_of

if TYPE_CHECKING:
    from smolrgpt_ros.models.smolrgpt.frame import Frame
    from smolrgpt_ros.models.smolrgpt.network import Network


class TinyGiantVLM(SmolRGPT):
    """A loaded checkpoint, asked exactly as SmolRGPT is. Not thread-safe: one worker owns it.

    `encode`, `answer`, `score` and `close` are SmolRGPT's; what is here replaces the network behind
    them, which besides reading a prompt looks at its regions.
    """

    name = 'TinyGiantVLM'
    uses_mapped_file = False

    def __init__(
        self,
        checkpoint: Checkpoint,
        placement: Placement,
        preprocessing: Preprocessing | None = None,
    ) -> None:
        """Load the weights of `checkpoint`. Raises `CheckpointError` or `ModelMemoryError`."""
        super().__init__(checkpoint, placement, preprocessing)  # type: ignore[arg-type]

    @property
    def tiny(self) -> TinyGiant:
        """The network behind. Raises `ModelClosedError` after `close`."""
        return cast(TinyGiant, self.network)

    def encode_inputs(self, rgb: Tensor, depth: Tensor) -> Frame:
        """Encode preprocessed pictures (3, S, S) float32."""
        with self._guard(), torch.inference_mode():
            device = self.placement.device
            rgb, depth = rgb.to(device), depth.to(device)
            frame = encode_frame(self.tiny, opening_of(self.tokenizer), rgb, depth)
        return cast('Frame', frame)

    def _written(self, frame: Frame, prompts: Sequence[Prompt], limits: Limits) -> list[Written]:
        looking, asked, rows = self._looking(frame, prompts, limits.max_new_tokens)
        decoders = EagerDecoders(looking, self.placement.compute, self.placement.device)
        return generate(
            cast('Network', looking),
            decoders,  # type: ignore[arg-type]
            cast('Frame', asked),
            rows,
            self.tokenizer.end,
            limits,
        )

    def _scored(
        self, frame: Frame, prompts: Sequence[Prompt], answers: Sequence[Sequence[Ids]]
    ) -> list[Tensor]:
        room = max(len(ids) for row in answers for ids in row)
        looking, asked, rows = self._looking(frame, prompts, room)
        return score(cast('Network', looking), cast('Frame', asked), rows, answers)

    def _looking(
        self, frame: Frame, prompts: Sequence[Prompt], room: int
    ) -> tuple[Looking, AskedFrame, Batch]:
        """The network with its eyes on the regions of `prompts`, and these embedded."""
        network = self.tiny
        masks = [mask for prompt in prompts for mask in prompt.masks]
        asked = AskedFrame.of(network, cast(TinyFrame, frame), masks)
        rows = batch(self.network, self.tokenizer, cast('Frame', asked), prompts, room)
        decoder = LookingDecoder(network.decoder, asked.sight(network, prompts))
        return Looking(network.config, decoder), asked, rows


def load(
    folder: str | Path,
    *,
    device: str = 'auto',
    dtype: DType | None = None,
    depth_convention: DepthConvention | None = None,
) -> TinyGiantVLM:
    """Load the checkpoint in `folder`, with no network and no environment variable.

    Arguments and errors are those of SmolRGPT's `load`; `dtype` None takes bfloat16 on CUDA and
    float32 on a CPU, and int8 is refused.
    """
    where = device_named(device)
    checkpoint = Checkpoint(Path(folder))
    if dtype is None:
        dtype = 'bfloat16' if where.type == 'cuda' else 'float32'
    preprocessing = read_preprocessing(checkpoint.folder)
    if depth_convention is not None:
        preprocessing = replace(preprocessing, depth_convention=depth_convention)
    return TinyGiantVLM(checkpoint, Placement(where, dtype), preprocessing)
