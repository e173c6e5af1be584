# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The beginning that all prompts about one frame share, read once."""

from __future__ import annotations

import torch
from torch import Tensor

from .cache import KeyValueCache
from .network import Network


class Prefix:
    """The prompt up to the last image token: its embeddings and, once read, keys and values.

    It is read when first needed. A single question about a new frame is read together with it
    (`take`): the weights then pass through the processor once, not twice.
    """

    def __init__(self, network: Network, x: Tensor) -> None:
        """`x` (1, P, C), embedded."""
        self._network, self.x = network, x
        self._cache: KeyValueCache | None = None

    @property
    def capacity(self) -> int:
        """Its tokens."""
        return self.x.shape[1]

    @property
    def known(self) -> bool:
        """Whether it has been read."""
        return self._cache is not None

    @property
    def keys(self) -> Tensor:
        """Keys (layers, 1, P, kv heads, head size); read now if they were not."""
        return self._read().keys

    @property
    def values(self) -> Tensor:
        """Values, as `keys`."""
        return self._read().values

    def take(self, cache: KeyValueCache) -> None:
        """Keep what `cache`, whose first row begins with this prefix, has read of it."""
        own = self._empty()
        own.keys.copy_(cache.keys[:, :1, : self.capacity])
        own.values.copy_(cache.values[:, :1, : self.capacity])
        self._cache = own

    def _empty(self) -> KeyValueCache:
        dtype, device = self.x.dtype, self.x.device
        return KeyValueCache(self._network.config, 1, self.capacity, dtype=dtype, device=device)

    def _read(self) -> KeyValueCache:
        if self._cache is None:
            cache = self._empty()
            places = torch.arange(self.capacity, device=self.x.device)[None]  # (1, P)
            mask = places[..., None] >= places[:, None]  # (1, P, P)
            self._network.decoder(self.x, places, places, mask, cache)
            self._cache = cache
        return self._cache
