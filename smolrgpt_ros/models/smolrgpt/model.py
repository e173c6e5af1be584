# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SmolRGPT as callers use it: frames in, answers out, no tensors."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .checkpoint import Checkpoint, DType, Placement
from .decoding import Decoders
from .errors import (
    ModelClosedError,
    ModelMemoryError,
    NetworkLostError,
    PromptError,
    SmolRgptError,
)
from .frame import Frame, encode_frame
from .generate import Finish, Limits, OnToken, Written, generate
from .network import Network
from .preprocess import DepthConvention, Rays, colour_input, depth_input, points_input
from .preprocessing import Preprocessing, read_preprocessing
from .prompts import Prompt, batch, unseen
from .score import Ids, score
from .tokens import PromptTokenizer


@dataclass(frozen=True)
class Completion:
    """One written answer.

    `confidence` is the geometric mean of the token probabilities (`logprobs`: natural logarithms,
    the end token's included when `finish` is ``end``). `unseen_masks` are indexes of masks too
    small for the network to see at all.
    """

    text: str
    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    confidence: float
    finish: Finish
    unseen_masks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Choice:
    """The likeliest of a closed question's answers.

    `logprobs` and `probabilities` follow the order of `choices`; probabilities are among these
    answers only and sum to one.
    """

    choices: tuple[str, ...]
    logprobs: tuple[float, ...]
    probabilities: tuple[float, ...]
    unseen_masks: tuple[int, ...] = ()

    @property
    def index(self) -> int:
        """Place of the likeliest answer in `choices`."""
        return int(np.argmax(self.logprobs))

    @property
    def text(self) -> str:
        """The likeliest answer."""
        return self.choices[self.index]

    @property
    def confidence(self) -> float:
        """Its probability among the choices."""
        return self.probabilities[self.index]


class SmolRGPT:
    """A loaded checkpoint. Not thread-safe: one worker owns it."""

    #: in messages
    name = 'SmolRGPT'
    #: whether weights are used from where they lie in the mapped file
    uses_mapped_file = True

    def __init__(
        self,
        checkpoint: Checkpoint,
        placement: Placement,
        preprocessing: Preprocessing | None = None,
    ) -> None:
        """Load the weights of `checkpoint`. Raises `CheckpointError` or `ModelMemoryError`."""
        self.placement, self.config = placement, checkpoint.config
        self.preprocessing = preprocessing or read_preprocessing(checkpoint.folder)
        self.tokenizer = PromptTokenizer(checkpoint.tokenizer_path, checkpoint.config)
        self._stored = checkpoint.stored
        with self._guard(), torch.inference_mode():
            self._network: Network | None = checkpoint.network(placement)
            self._decoders = Decoders(self._network, placement.compute, placement.device)

    @property
    def network(self) -> Network:
        """The network behind. Raises `ModelClosedError` after `close`."""
        if self._network is None:
            raise ModelClosedError('the model was closed; load it again')
        return self._network

    @property
    def wants_points(self) -> bool:
        """Whether it sees metric depth as points, and so `encode` needs metres and rays."""
        return self.preprocessing.depth_convention == 'points'

    def encode(self, colour: np.ndarray, depth: np.ndarray, rays: Rays | None = None) -> Frame:
        """Encode one frame once, for any number of questions.

        `colour` (H, W, 3) uint8 RGB; `depth` (h, w) uint8 in the dataset's convention (see
        `relative_depth`); where the model `wants_points`, metres, and `rays` of its pixels. Raises
        `ValueError` for other shapes or types.
        """
        side = self.config.vit_img_size
        if not self.wants_points:
            seen = depth_input(depth, side, self.preprocessing.depth_convention)
        elif rays is None:
            raise ValueError('this checkpoint sees points: give metric depth and rays')
        else:
            scale_m = self.preprocessing.points_scale_m
            seen = torch.from_numpy(points_input(depth, rays, side, scale_m))
        return self.encode_inputs(colour_input(colour, side), seen)

    def encode_inputs(self, rgb: Tensor, depth: Tensor) -> Frame:
        """As `encode`, from preprocessed pictures (3, S, S) float32."""
        with self._guard(), torch.inference_mode():
            device, dtype = self.placement.device, self.placement.compute
            rgb, depth = rgb.to(device, dtype), depth.to(device, dtype)
            return encode_frame(self.network, self.tokenizer.prefix, rgb, depth)

    def answer(
        self,
        frame: Frame,
        prompts: Sequence[Prompt],
        *,
        max_new_tokens: int = 64,
        deadline_s: float = math.inf,
        cancelled: Callable[[], bool] = lambda: False,
        on_words: Callable[[int, str], None] | None = None,
    ) -> list[Completion]:
        """Answer `prompts` about `frame` as one batch, greedily.

        Stops at the end token, after `max_new_tokens`, at the instant `deadline_s` of
        `time.monotonic`, or when `cancelled()` turns true; the last two are looked at between
        tokens. `on_words` hears, after each token, a prompt's index and its answer so far. Raises
        `PromptError`, `ModelMemoryError`.
        """
        if not prompts:
            return []
        with self._guard(), torch.inference_mode():
            limits = Limits(max_new_tokens, deadline_s, cancelled, self._aloud(on_words))
            written = self._written(frame, prompts, limits)
        return [
            Completion(
                self.tokenizer.decode(one.token_ids),
                one.token_ids,
                one.logprobs,
                one.confidence,
                one.finish,
                self._unseen(prompt),
            )
            for prompt, one in zip(prompts, written)
        ]

    def score(
        self, frame: Frame, prompts: Sequence[Prompt], choices: Sequence[Sequence[str]]
    ) -> list[Choice]:
        """Weigh the possible answers `choices[i]` of `prompts[i]` against each other, in one pass.

        A choice is a whole answer as the network would write it. Raises `PromptError` when a prompt
        has no choice or one of them is empty.
        """
        if len(choices) != len(prompts) or not all(choices):
            raise PromptError(
                f'{len(prompts)} prompts need as many non-empty lists of choices, '
                f'not {[len(row) for row in choices]}'
            )
        if not prompts:
            return []
        ids = [[self._choice(text) for text in row] for row in choices]
        with self._guard(), torch.inference_mode():
            scores = self._scored(frame, prompts, ids)
        return [
            Choice(
                tuple(row),
                tuple(one.tolist()),
                tuple(one.softmax(-1).tolist()),
                self._unseen(prompt),
            )
            for prompt, row, one in zip(prompts, choices, scores)
        ]

    def close(self) -> None:
        """Give the memory back; frames of this model must not be used after."""
        self._network = None
        self._decoders.close()
        if self.placement.device.type == 'cuda':
            torch.cuda.synchronize(self.placement.device)
            torch.cuda.empty_cache()

    def _written(self, frame: Frame, prompts: Sequence[Prompt], limits: Limits) -> list[Written]:
        """Write one answer a prompt."""
        room = limits.max_new_tokens
        rows = batch(self.network, self.tokenizer, frame, prompts, room)
        return generate(self.network, self._decoders, frame, rows, self.tokenizer.end, limits)

    def _scored(
        self, frame: Frame, prompts: Sequence[Prompt], answers: Sequence[Sequence[Ids]]
    ) -> list[Tensor]:
        """Log-probability (k,) of each of a prompt's possible answers, for every prompt."""
        room = max(len(ids) for row in answers for ids in row)
        rows = batch(self.network, self.tokenizer, frame, prompts, room)
        return score(self.network, frame, rows, answers)

    def _choice(self, text: str) -> tuple[int, ...]:
        ids = self.tokenizer.encode(text)
        if not ids or set(ids) & {self.tokenizer.end, self.tokenizer.image}:
            raise PromptError(f'{text!r} is no possible answer')
        return (*ids, self.tokenizer.end)

    def _aloud(self, on_words: Callable[[int, str], None] | None) -> OnToken | None:
        """What hears tokens for one who wants words; a character may take several tokens."""
        if on_words is None:
            return None
        return lambda row, ids: on_words(row, self.tokenizer.decode(ids).rstrip('\ufffd'))

    def _unseen(self, prompt: Prompt) -> tuple[int, ...]:
        return unseen(prompt, self.config.refined_side)

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Turn torch's errors into ours.

        Those about memory into `ModelMemoryError`, those of a device that has failed into
        `NetworkLostError`, which is raised for an overwritten file as well.
        """
        if self.uses_mapped_file and self._stored.overwritten():
            # Pages of a mapped file that is no longer there end the process.
            raise NetworkLostError(
                f'{self._stored.path} was overwritten while {self.name} was in use; put new files '
                'in place by renaming them'
            )
        try:
            yield
        except torch.OutOfMemoryError as error:
            raise ModelMemoryError(_memory_message(self.name, self.placement)) from error
        except RuntimeError as error:
            if "can't allocate memory" in str(error):
                raise ModelMemoryError(_memory_message(self.name, self.placement)) from error
            if _is_of_the_device(error):
                said = str(error).partition('\n')[0]
                raise NetworkLostError(
                    f'{self.placement.device} failed under {self.name}: {said}'
                ) from error
            raise


def load(
    folder: str | Path,
    *,
    device: str = 'auto',
    dtype: DType | None = None,
    depth_convention: DepthConvention | None = None,
) -> SmolRGPT:
    """Load the checkpoint in `folder`, with no network and no environment variable.

    `device` is torch's name of it (``cpu``, ``cuda``, ``cuda:1``); ``auto`` takes CUDA where it is
    there. `dtype` None takes int8 from a folder packed so, else bfloat16 on CUDA and float32 on a
    CPU. `depth_convention` None takes the folder's own (`read_preprocessing`), and the published
    one where it has none. Raises `CheckpointError` naming the file, key or tensor that is wrong,
    `ModelMemoryError` when the device is too small, `ValueError` for an unknown device.
    """
    where = device_named(device)
    checkpoint = Checkpoint(Path(folder))
    if dtype is None:
        dtype = checkpoint.best_type
        if dtype == 'float32' and where.type == 'cuda':
            dtype = 'bfloat16'
    preprocessing = read_preprocessing(checkpoint.folder)
    if depth_convention is not None:
        preprocessing = replace(preprocessing, depth_convention=depth_convention)
    return SmolRGPT(checkpoint, Placement(where, dtype), preprocessing)


def device_named(name: str) -> torch.device:
    """`name` as a device that is there."""
    if name == 'auto':
        name = 'cuda' if torch.cuda.is_available() else 'cpu'
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ValueError(f'{name!r} is no device: {error}') from None
    if device.type not in ('cpu', 'cuda'):
        raise ValueError(f"device is {name!r}, expected 'cpu' or 'cuda'")
    if device.type == 'cuda' and not torch.cuda.is_available():
        raise ValueError(f'device is {name!r}, but torch sees no CUDA device here')
    return device


def _is_of_the_device(error: RuntimeError) -> bool:
    """Whether a device has failed, so that nothing on it can be used any more."""
    if isinstance(error, SmolRgptError):
        return False
    # torch has a type of its own for it from 2.8 on.
    kind = getattr(torch, 'AcceleratorError', ())
    return isinstance(error, kind) or str(error).startswith('CUDA error')


def _memory_message(name: str, placement: Placement) -> str:
    return (
        f'{placement.device} has too little free memory for {name} in {placement.dtype}; '
        'close other users of it, or load int8 or another device'
    )
