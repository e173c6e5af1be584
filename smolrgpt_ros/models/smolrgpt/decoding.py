# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One token after the other: the step, and what runs it on which device."""

from __future__ import annotations

import torch
from torch import Tensor

from .cache import KeyValueCache
from .errors import ModelClosedError
from .network import Network
from .one_sequence import SequenceDecoder, next_tokens


def decode_step(
    network: Network, cache: KeyValueCache, ids: Tensor, slots: Tensor, used: int
) -> tuple[Tensor, Tensor]:
    """Read one token a row, `ids` (B,) at `slots` (B,), and choose the next: (B,), (B,).

    Only tensors of fixed shape and no decision on a value: the step can be captured and compiled.
    """
    x = network.decoder.embed(ids[:, None])  # (B, 1, C)
    places = torch.arange(used, device=ids.device)
    mask = places <= slots[:, None, None]  # (B, 1, used)
    hidden = network.decoder(x, slots[:, None], slots[:, None], mask, cache)
    return next_tokens(network.decoder.logits(hidden[:, 0]))


class EagerDecoder:
    """Runs the step as it is; attention reads only the slots in use."""

    def __init__(
        self, network: Network, rows: int, capacity: int, dtype: torch.dtype, device: torch.device
    ) -> None:
        """Allocate a cache of `rows` sequences of `capacity` tokens."""
        self.network = network
        self.cache = KeyValueCache(network.config, rows, capacity, dtype=dtype, device=device)

    def step(self, ids: Tensor, slots: Tensor) -> tuple[Tensor, Tensor]:
        """Next tokens and log-probabilities (B,) of `ids` (B,) standing at `slots` (B,)."""
        return decode_step(self.network, self.cache, ids, slots, int(slots.max()) + 1)


class GraphedDecoder:
    """Replays the step as one CUDA graph: no launch costs, no compilation per prompt length.

    Attention reads the whole capacity, masked, so one graph serves every length up to it.
    """

    def __init__(
        self, network: Network, rows: int, capacity: int, dtype: torch.dtype, device: torch.device
    ) -> None:
        """Allocate static inputs and the cache, warm up, capture."""
        self.cache = KeyValueCache(network.config, rows, capacity, dtype=dtype, device=device)
        self._ids = torch.zeros(rows, dtype=torch.long, device=device)
        self._slots = torch.zeros(rows, dtype=torch.long, device=device)

        def step() -> tuple[Tensor, Tensor]:
            return decode_step(network, self.cache, self._ids, self._slots, capacity)

        side = torch.cuda.Stream(device)
        side.wait_stream(torch.cuda.current_stream(device))
        with torch.cuda.stream(side):
            for _ in range(3):  # libraries choose kernels and allocate workspaces before capture
                step()
        torch.cuda.current_stream(device).wait_stream(side)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._next = step()

    def step(self, ids: Tensor, slots: Tensor) -> tuple[Tensor, Tensor]:
        """Next tokens and log-probabilities (B,) of `ids` (B,) standing at `slots` (B,)."""
        self._ids.copy_(ids)
        self._slots.copy_(slots)
        self._graph.replay()
        return self._next[0].clone(), self._next[1].clone()


Decoder = EagerDecoder | SequenceDecoder | GraphedDecoder


class Decoders:
    """Hands out decoders; graphs are kept by size class, the oldest makes room."""

    _KEPT = 4

    def __init__(self, network: Network, dtype: torch.dtype, device: torch.device) -> None:
        """`network` and the type and device of its activations."""
        self._arguments = (dtype, device)
        self._network: Network | None = network
        self._graphs: dict[tuple[int, int], GraphedDecoder] = {}

    def decoder(self, rows: int, capacity: int) -> Decoder:
        """Decoder for at least `rows` rows and `capacity` tokens."""
        if self._network is None:
            raise ModelClosedError('the model was closed; load it again')
        if self._arguments[1].type != 'cuda':
            if rows == 1 and self._arguments[0] == torch.float32:
                return SequenceDecoder(self._network, capacity)
            return EagerDecoder(self._network, rows, capacity, *self._arguments)
        size = 1 << (rows - 1).bit_length(), -(-capacity // 128) * 128
        if size not in self._graphs:
            while len(self._graphs) >= self._KEPT:
                del self._graphs[next(iter(self._graphs))]
            self._graphs[size] = GraphedDecoder(self._network, *size, *self._arguments)
        return self._graphs[size]

    def close(self) -> None:
        """Give graphs and their caches back."""
        self._network = None
        self._graphs.clear()
