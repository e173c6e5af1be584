# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Closed questions: how likely is each of a few possible answers, in one pass.

The possible answers of all prompts are read behind their prompts at once. Answers that begin alike
share those tokens: they form a tree, and a token sees its prompt and its own branch only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .cache import KeyValueCache
from .frame import Frame
from .network import Network
from .prompts import Batch

Ids = tuple[int, ...]


@dataclass(frozen=True)
class AnswerTree:
    """Shared beginnings of the answers to one prompt.

    Node 0 stands for the end of the prompt; every other node is a token to read, with a parent.
    `predictions` holds, per answer, the pairs (node, token that should follow it).
    """

    tokens: Ids
    parents: tuple[int, ...]
    depths: tuple[int, ...]
    predictions: tuple[tuple[tuple[int, int], ...], ...]

    def sees(self) -> Tensor:
        """(n, n) bool without node 0: which node lies on the branch of which."""
        count = len(self.tokens)
        seen = torch.zeros(count + 1, count + 1, dtype=torch.bool)
        for node, parent in enumerate(self.parents, start=1):
            seen[node] = seen[parent]
            seen[node, node] = True
        return seen[1:, 1:]


def answer_tree(answers: Sequence[Ids]) -> AnswerTree:
    """Tree of `answers`; each is a non-empty row of tokens, its end token included."""
    nodes: dict[Ids, int] = {(): 0}
    parents: list[int] = []
    predictions = []
    for answer in answers:
        for length in range(1, len(answer)):
            if answer[:length] not in nodes:
                parents.append(nodes[answer[: length - 1]])
                nodes[answer[:length]] = len(nodes)
        predictions.append(tuple((nodes[answer[:i]], answer[i]) for i in range(len(answer))))
    paths = list(nodes)[1:]
    return AnswerTree(
        tuple(path[-1] for path in paths),
        tuple(parents),
        tuple(map(len, paths)),
        tuple(predictions),
    )


def score(
    network: Network, frame: Frame, prompts: Batch, answers: Sequence[Sequence[Ids]]
) -> list[Tensor]:
    """Log-probability (k,) of each of a prompt's possible answers, for every prompt."""
    trees = [answer_tree(row) for row in answers]
    hidden = _read(network, frame, prompts, trees)  # (B, L + N, C)
    results = []
    for row, (tree, length) in enumerate(zip(trees, prompts.lengths.tolist())):
        nodes = torch.cat(
            (
                hidden[row, length - 1 : length],
                hidden[row, prompts.longest : prompts.longest + len(tree.tokens)],
            )
        )
        logprobs = network.decoder.logits(nodes).log_softmax(-1)  # (n + 1, V)
        results.append(
            torch.stack(
                [
                    sum((logprobs[node, token] for node, token in pairs), logprobs.new_zeros(()))
                    for pairs in tree.predictions
                ]
            )
        )
    return results


def _read(network: Network, frame: Frame, prompts: Batch, trees: Sequence[AnswerTree]) -> Tensor:
    """Hidden states of prompts and their trees, side by side: (B, L + N, C)."""
    device, start, longest = prompts.x.device, frame.prefix.capacity, prompts.longest
    widest = max(len(tree.tokens) for tree in trees)
    rows, total = len(trees), start + longest + widest
    ids = torch.zeros(rows, widest, dtype=torch.long)
    places = torch.arange(start, total).repeat(rows, 1)  # (B, L + N)
    mask = torch.arange(total) <= torch.arange(start, total)[:, None]  # (L + N, total)
    mask = mask.repeat(rows, 1, 1)
    mask[:, longest:, start:] = False
    for row, (tree, length) in enumerate(zip(trees, prompts.lengths.tolist())):
        count, own = len(tree.tokens), slice(longest, longest + len(tree.tokens))
        ids[row, :count] = torch.tensor(tree.tokens, dtype=torch.long)
        places[row, own] = start + length - 1 + torch.tensor(tree.depths, dtype=torch.long)
        mask[row, own, start : start + length] = True
        mask[row, own, start + longest : start + longest + count] = tree.sees()
    x = torch.cat((prompts.x, network.decoder.embed(ids.to(device))), dim=1)
    cache = KeyValueCache(network.config, rows, total, dtype=x.dtype, device=device)
    cache.start_with(frame.prefix, start)
    slots = torch.arange(start, total, device=device).expand(rows, -1)
    return network.decoder(x, places.to(device), slots, mask.to(device), cache)
