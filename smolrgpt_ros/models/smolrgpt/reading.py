# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Taught questions and their answers read behind their pictures: many questions a picture.

The published prompt repeats the picture's tokens before each question. Attention is causal, so
those tokens come out the same every time: here they pass through the decoder once a picture, and
its questions attend to their keys and values. Loss and gradients equal those of whole prompts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional as F

from smolrgpt_ros.models.batch import IGNORED, TaughtBatch

from .language import Attention, DecoderBlock, LanguageModel, rotated
from .tokens import PromptTokenizer

#: how often thoughts are looked at on their way
DEPTHS = 2
#: groups that a batch's questions are read in, by their length
_LENGTHS = 4

#: what block `number` (counted from 0) reads in place of the states (Q, L, C) of some questions
Look = Callable[[int, Tensor], Tensor]


@dataclass(frozen=True)
class Learnt:
    """What one batch makes of a network.

    `loss` sum over the taught tokens of their cross entropies (nats); `regions` (R, 2 C) tokens in
    colour and depth; `thoughts` (Q, C) hidden state of each question from which the first token of
    its answer follows; `relating` (m, DEPTHS, C) states at the m places where
    `TaughtBatch.relations` are known, in their order: those that the last layer reads, and, before
    them, those of two thirds of its depth, so that there are layers left to make something of them.
    """

    loss: Tensor
    regions: Tensor
    thoughts: Tensor
    relating: Tensor


def read(
    decoder: LanguageModel,
    tokenizer: PromptTokenizer,
    batch: TaughtBatch,
    pictures: Tensor,
    regions: Mapping[int, Tensor],
    looking: Callable[[Tensor], Look] | None = None,
) -> Learnt:
    """Read all questions of `batch`.

    `pictures` (P, T, C) tokens of each picture; `regions` tokens (R, C) of each region in the place
    of mask tokens, by the number of these; `looking(rows)`: the eyes of the questions `rows`.
    """
    known = _prefix_keys(decoder, _opened(decoder, tokenizer, pictures))
    loss = pictures.new_zeros((), dtype=torch.float32)
    groups, thoughts, relating, related = [], [], [], []
    # Rows of like length together: padding is work for nothing.
    lengths = _lengths(batch)
    for rows in lengths.argsort().split(max(1, -(-batch.questions // _LENGTHS))):
        longest = int(lengths[rows].max())
        ids, labels = batch.ids[rows, :longest], batch.labels[rows, :longest]
        slots = batch.region_slots[rows, :longest]
        x = decoder.embed(ids).to(pictures)
        for kind, tokens in regions.items():
            # A mask token without a region is one that a network wrote itself: a word like others.
            place = (ids == kind) & (slots >= 0)
            x = x.masked_scatter(place[..., None], tokens[slots[place]].to(x))
        # A token is foretold by the one before it; the first of a question is never taught.
        taught = labels[:, 1:] != IGNORED
        look = None if looking is None else looking(rows)
        hidden, *passed = _read(decoder, known, x, batch.question_picture[rows], taught, look)
        logits = decoder.logits(hidden)
        loss = loss + F.cross_entropy(logits, labels[:, 1:][taught], reduction='sum')
        groups.append(rows)
        thoughts.append(hidden[_packed(taught)[2] == 0])
        row, place = torch.nonzero(batch.related[rows, :longest], as_tuple=True)
        relating.append(torch.stack([states[row, place] for states in passed], 1))
        related.append(rows[row] * batch.ids.shape[1] + place)
    return Learnt(
        loss,
        torch.cat(tuple(regions.values()), 1),
        torch.cat(thoughts)[torch.cat(groups).argsort()],
        torch.cat(relating)[torch.cat(related).argsort()],
    )


def _lengths(batch: TaughtBatch) -> Tensor:
    """Tokens (Q,) of each question up to the last that is taught."""
    places = torch.arange(1, batch.ids.shape[1] + 1, device=batch.ids.device)
    return (places * (batch.labels != IGNORED)).amax(1).clamp(min=1)


def _opened(decoder: LanguageModel, tokenizer: PromptTokenizer, pictures: Tensor) -> Tensor:
    """The prompt up to each picture's last token, embedded (P, n, C)."""
    opening = tokenizer.prefix[: len(tokenizer.prefix) - pictures.shape[1]]
    words = decoder.embed(torch.tensor([opening], device=pictures.device))
    return torch.cat((words.expand(len(pictures), -1, -1).to(pictures), pictures), 1)


def _prefix_keys(decoder: LanguageModel, prefix: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Keys and values (P, kv, n, d) of the prefixes (P, n, C) in every layer."""
    turn = decoder.rotary_embd(
        torch.arange(prefix.shape[1], device=prefix.device)[None], prefix.dtype
    )
    known, x = [], prefix
    for module in decoder.blocks:
        block = cast(DecoderBlock, module)
        q, k, v = _heads(block.attn, block.norm1(x), *turn)
        known.append((k, v))
        if len(known) < len(decoder.blocks):  # nothing reads the prefix after the last keys
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
            x = x + block.attn.out_proj(mixed.transpose(1, 2).flatten(2))
            x = x + block.mlp(block.norm2(x))
    return known


def _read(
    decoder: LanguageModel,
    known: list[tuple[Tensor, Tensor]],
    x: Tensor,
    owner: Tensor,
    taught: Tensor,
    look: Look | None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Hidden states (t, C), after the last norm, of the tokens that foretell a taught one.

    With them those of all tokens (Q, L, C) of two thirds of the last layer's depth, and those that
    it reads. Questions `x` (Q, L, C) stand
    behind the prefix of picture `owner` (Q,). `taught` (Q, L - 1), true where the next token is;
    what the last layer makes of other tokens nobody asks.
    """
    before, length = known[0][0].shape[2], x.shape[1]
    positions = torch.arange(before + length, device=x.device)
    cos, sin = decoder.rotary_embd(positions[None, before:], x.dtype)
    mask = positions[before:, None] >= positions  # (L, n + L)
    early = x
    for number, (module, (k, v)) in enumerate(zip(decoder.blocks, known)):
        block = cast(DecoderBlock, module)
        if look is not None:
            x = look(number, x)
        if number == (len(known) - 1) * 2 // 3:
            early = x
        q, own_k, own_v = _heads(block.attn, block.norm1(x), cos, sin)
        keys, values = torch.cat((k[owner], own_k), 2), torch.cat((v[owner], own_v), 2)
        seen: Tensor = mask
        if module is decoder.blocks[-1]:
            whole = x
            row, place, column = _packed(taught)  # (t,) each
            width = int(column.max()) + 1
            asked = place.new_zeros(len(x), width)
            asked[row, column] = place  # (Q, A), rows with fewer look from their first token
            q = q.gather(2, asked[:, None, :, None].expand(-1, q.shape[1], -1, q.shape[3]))
            x = x.gather(1, asked[..., None].expand(-1, -1, x.shape[2]))
            seen = mask[asked][:, None]  # (Q, 1, A, n + L)
        mixed = F.scaled_dot_product_attention(q, keys, values, attn_mask=seen, enable_gqa=True)
        x = x + block.attn.out_proj(mixed.transpose(1, 2).flatten(2))
        x = x + block.mlp(block.norm2(x))
    return decoder.norm(x[row, column]), early, whole


def _packed(taught: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Row, place and number within the row of each true value of `taught` (Q, L - 1)."""
    row, place = torch.nonzero(taught, as_tuple=True)
    column = taught.long().cumsum(1)[row, place] - 1
    return row, place, column


def _heads(attn: Attention, x: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Turned queries (B, H, L, d) and keys, and values (B, kv, L, d)."""
    qkv = attn.qkv_proj(x).unflatten(-1, (-1, attn.head_dim))  # (B, L, H + 2 kv, d)
    qk, v = qkv.split((attn.heads + attn.kv_heads, attn.kv_heads), dim=2)
    q, k = rotated(qk, cos, sin).split((attn.heads, attn.kv_heads), dim=2)
    return q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
