# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Greedy answers to a batch of questions about one frame."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from .decoding import Decoder, Decoders
from .frame import Frame
from .network import Network
from .one_sequence import next_tokens
from .prompts import Batch

Finish = Literal['end', 'length', 'deadline', 'cancelled']
OnToken = Callable[[int, tuple[int, ...]], None]


@dataclass(frozen=True)
class Written:
    """Tokens of one answer without the end token, a log-probability each, and why it ended.

    `logprobs` has one more entry than `token_ids` when the answer ended by itself: the end token's.
    """

    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    finish: Finish

    @property
    def confidence(self) -> float:
        """Geometric mean of the tokens' probabilities, 0 when nothing was written."""
        return math.exp(sum(self.logprobs) / len(self.logprobs)) if self.logprobs else 0.0


@dataclass(frozen=True)
class Limits:
    """When to stop writing: tokens, an instant of `time.monotonic` in seconds, or a request.

    `on_token` hears, after each token, a row and all that it has written.
    """

    max_new_tokens: int
    deadline_s: float = math.inf
    cancelled: Callable[[], bool] = lambda: False
    on_token: OnToken | None = None

    def reached(self) -> Finish | None:
        """Why to stop before the next token, if so."""
        if self.cancelled():
            return 'cancelled'
        return 'deadline' if time.monotonic() >= self.deadline_s else None


def read(network: Network, frame: Frame, prompts: Batch, decoder: Decoder) -> Tensor:
    """Read the prompts behind the frame's prefix into the decoder's cache: hidden states (B, C)."""
    start, rows, cache = frame.prefix.capacity, len(prompts.lengths), decoder.cache
    # A graph may have more rows than there are questions: the last question is read again.
    extra = cache.keys.shape[1] - rows
    x = torch.cat((prompts.x, prompts.x[-1:].expand(extra, -1, -1)))  # (B, L, C)
    together = len(x) == 1 and not frame.prefix.known
    if together:
        x = torch.cat((frame.prefix.x, x), dim=1)  # (1, P + L, C)
    else:
        cache.start_with(frame.prefix, start)
    end = start + prompts.longest
    places = torch.arange(end - x.shape[1], end, device=x.device).expand(len(x), -1)
    mask = torch.arange(end, device=x.device) <= places[..., None]
    hidden = network.decoder(x, places, places, mask, cache)
    if together:
        frame.prefix.take(cache)
    question = hidden[:rows, -prompts.longest :]  # (B, L, C)
    return question[torch.arange(rows, device=x.device), prompts.lengths - 1]


def generate(
    network: Network, decoders: Decoders, frame: Frame, prompts: Batch, end: int, limits: Limits
) -> list[Written]:
    """Write one answer a prompt, until all have ended or a limit is reached."""
    rows = len(prompts.lengths)
    capacity = frame.prefix.capacity + prompts.longest + limits.max_new_tokens
    decoder = decoders.decoder(rows, capacity)
    log = _Log(rows, end)
    stop = limits.reached() if limits.max_new_tokens > 0 else 'length'
    if stop:
        return log.written(stop)
    ids, logprobs = next_tokens(network.decoder.logits(read(network, frame, prompts, decoder)))
    slots = frame.prefix.capacity + prompts.lengths  # (B,)
    extra = decoder.cache.keys.shape[1] - rows
    ids, slots = _padded(ids, extra), _padded(slots, extra)
    for count in range(1, limits.max_new_tokens + 1):
        grown = log.add(ids[:rows].tolist(), logprobs[:rows].tolist())
        if limits.on_token is not None:
            for row in grown:
                limits.on_token(row, log.ids(row))
        stop = 'length' if count == limits.max_new_tokens else limits.reached()
        if stop or log.all_ended:
            return log.written(stop or 'end')
        ids, logprobs = decoder.step(ids, slots)
        slots = slots + 1
    raise AssertionError('unreachable: the loop returns at its last token')


def _padded(values: Tensor, extra: int) -> Tensor:
    """Repeat the last of `values` (B,) `extra` times."""
    return torch.cat((values, values[-1:].expand(extra)))


class _Log:
    """What each row wrote so far; a row that met the end token takes no more."""

    def __init__(self, rows: int, end: int) -> None:
        self._end = end
        self._ids: list[list[int]] = [[] for _ in range(rows)]
        self._logprobs: list[list[float]] = [[] for _ in range(rows)]
        self._ended = [False] * rows

    @property
    def all_ended(self) -> bool:
        return all(self._ended)

    def ids(self, row: int) -> tuple[int, ...]:
        return tuple(self._ids[row])

    def add(self, ids: Sequence[int], logprobs: Sequence[float]) -> list[int]:
        """Take a token a row; which rows have become longer by it."""
        grown = []
        for row, (token, logprob) in enumerate(zip(ids, logprobs)):
            if self._ended[row]:
                continue
            self._logprobs[row].append(logprob)
            self._ended[row] = token == self._end
            if token != self._end:
                self._ids[row].append(token)
                grown.append(row)
        return grown

    def written(self, stop: Finish) -> list[Written]:
        return [
            Written(tuple(ids), tuple(logprobs), 'end' if ended else stop)
            for ids, logprobs, ended in zip(self._ids, self._logprobs, self._ended)
        ]
