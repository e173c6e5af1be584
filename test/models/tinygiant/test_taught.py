# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What training computes equals what inference computes, and it learns."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import tiny_taught
import torch
from tiny_giant import MICRO
from tiny_smolrgpt import pictures, prompts
from tiny_taught import ANSWERS

from smolrgpt_ros.models.smolrgpt import Prompt, box_mask
from smolrgpt_ros.models.smolrgpt.prepare import TaughtText, prepare
from smolrgpt_ros.models.smolrgpt.preprocessing import Preprocessing
from smolrgpt_ros.models.tinygiant import load, save
from smolrgpt_ros.models.tinygiant.regions import GEOMETRY
from smolrgpt_ros.models.tinygiant.taught import collate, create, learnt, trainable

prepared = partial(tiny_taught.prepared, MICRO)
RAYS = (np.linspace(-0.8, 0.8, 160)[None], np.linspace(-0.45, 0.45, 90)[:, None])


def answer_loss(network, tokenizer, batch):
    """Loss and number of the taught tokens."""
    return learnt(network, tokenizer, batch).loss, batch.taught_tokens


def scored(model, seed: int, asked: list[Prompt]) -> float:
    frame = model.encode(*pictures(seed))
    choices = model.score(frame, asked, [[answer] for answer in ANSWERS[: len(asked)]])
    return -sum(choice.logprobs[0] for choice in choices)


def test_loss_is_what_inference_gives(micro, micro_folder):
    batch = collate([prepared(0, prompts()), prepared(1, prompts()[:2])], micro.tokenizer)
    loss, tokens = answer_loss(trainable(micro_folder), micro.tokenizer, batch)
    expected = scored(micro, 0, prompts()) + scored(micro, 1, prompts()[:2])
    assert loss.item() == pytest.approx(expected, rel=2e-4)  # rgb travels in float16
    assert tokens == batch.taught_tokens > 0


def test_batch_equals_single(micro, micro_folder):
    network = trainable(micro_folder)
    asked = [prepared(0, prompts()), prepared(1, prompts()), prepared(2, prompts()[1:2])]
    together, count = answer_loss(network, micro.tokenizer, collate(asked, micro.tokenizer))
    alone = [answer_loss(network, micro.tokenizer, collate([p], micro.tokenizer)) for p in asked]
    assert together.item() == pytest.approx(sum(loss.item() for loss, _ in alone), rel=1e-5)
    assert count == sum(tokens for _, tokens in alone)


@pytest.mark.parametrize('moe', [True, False], ids=['experts', 'dense'])
def test_every_part_learns(micro, moe):
    network = create(replace(MICRO, moe=moe), seed=3)
    batch = collate([prepared(0, prompts()), prepared(1, prompts())], micro.tokenizer)
    loss, tokens = answer_loss(network, micro.tokenizer, batch)
    (loss / tokens + network.auxiliary_loss).backward()
    idle = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert idle == []
    assert all(value.grad.isfinite().all() for value in network.parameters())


def test_gradients_are_those_of_single_precision_differences(micro):
    """The pass without a cache is differentiated right: slope along the gradient."""
    network = create(MICRO, seed=3).double()
    batch = collate([prepared(0, prompts()[:1])], micro.tokenizer)
    batch = replace(batch, rgb=batch.rgb.double(), depth=batch.depth.double())
    loss, _ = answer_loss(network, micro.tokenizer, batch)
    loss.backward()
    weight, step = network.crops.seen.weight, 1e-3
    slope = float(weight.grad.square().sum())
    with torch.no_grad():
        direction = weight.grad / slope**0.5
        weight += step * direction
        above, _ = answer_loss(network, micro.tokenizer, batch)
        weight -= 2 * step * direction
        below, _ = answer_loss(network, micro.tokenizer, batch)
    assert float(above - below) / (2 * step) == pytest.approx(slope**0.5, rel=1e-2)


@pytest.mark.parametrize('change', [{}, {'moe': False}, {'reinspections': 0}], ids=str)
def test_steps_lower_the_loss(micro, change):
    network = create(replace(MICRO, **change), seed=3)
    batch = collate([prepared(0, prompts())], micro.tokenizer)
    optimiser = torch.optim.AdamW(network.parameters(), 3e-3)
    losses = []
    for _ in range(40):
        optimiser.zero_grad()
        loss, tokens = answer_loss(network, micro.tokenizer, batch)
        (loss / tokens + network.auxiliary_loss).backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.3 * losses[0]


def test_pictures_without_regions_are_taught(micro):
    network = create(MICRO, seed=3)
    batch = collate([prepared(0, prompts()[1:2])], micro.tokenizer)
    loss, tokens = answer_loss(network, micro.tokenizer, batch)
    (loss / tokens + network.auxiliary_loss).backward()
    assert loss.isfinite()


def test_bfloat16_training_is_close(micro, micro_folder):
    network = trainable(micro_folder)
    batch = collate([prepared(0, prompts())], micro.tokenizer)
    exact, _ = answer_loss(network, micro.tokenizer, batch)
    with torch.autocast('cpu', torch.bfloat16):
        rough, _ = answer_loss(network, micro.tokenizer, batch)
    rough.backward()
    assert rough.item() == pytest.approx(exact.item(), rel=0.02)
    assert all(p.grad is None or p.grad.isfinite().all() for p in network.parameters())


def test_what_the_gates_did_is_told(micro):
    network = create(MICRO, seed=3)
    assert network.routing_report() == {}
    answer_loss(network, micro.tokenizer, collate([prepared(0, prompts())], micro.tokenizer))
    report = network.routing_report()
    assert len(report) == MICRO.fusion_layers * MICRO.experts
    for layer in range(MICRO.fusion_layers):
        shares = [share for name, share in report.items() if f'layer_{layer}/' in name]
        assert sum(shares) == pytest.approx(1)
    # the smallest possible: an even load of undecided gates
    assert network.auxiliary_loss.item() >= 0.9 * MICRO.balance_weight
    dense = create(replace(MICRO, moe=False), seed=3)
    answer_loss(dense, micro.tokenizer, collate([prepared(0, prompts())], micro.tokenizer))
    assert dense.routing_report() == {}
    assert dense.auxiliary_loss.item() == 0


def test_creation_depends_on_the_seed_alone():
    one, same, other = create(MICRO, 5), create(MICRO, 5), create(MICRO, 6)
    for (name, a), b, c in zip(one.named_parameters(), same.parameters(), other.parameters()):
        assert torch.equal(a, b), name
        assert a.requires_grad
        drawn = a.ndim > 1 and '.grn.' not in name and name != 'fusion.position'
        assert drawn != torch.equal(a, c) or name == 'crops.nothing', name


def test_a_new_networks_words_and_what_stands_in_their_places_are_equally_long(micro):
    network = create(MICRO, seed=3)
    batch = collate([prepared(0, prompts())], micro.tokenizer)
    regions = learnt(network, micro.tokenizer, batch).regions.unflatten(1, (2, -1))
    pictures = network.fusion(network.see(batch.rgb, batch.depth).tokens)
    words = network.decoder.embed(batch.ids)
    for tokens in (regions, pictures, words):
        assert tokens.norm(dim=-1).mean().item() == pytest.approx(1.0, abs=0.1)


def test_near_places_look_alike_to_a_new_network():
    """And far ones do not: what is learnt of a place has to hold beside it."""
    network, places = create(MICRO, seed=3), torch.linspace(-1, 1, 201)
    read = network.fusion.geometry(places[:, None].expand(-1, GEOMETRY))
    apart = torch.cdist(read, read)
    near, far = apart.diagonal(4), apart.diagonal(100)
    assert near.max() < 0.2 * far.min()


@pytest.mark.parametrize('dtype', [None, torch.float16], ids=['own type', 'float16'])
def test_a_trained_network_is_saved_and_loaded(tmp_path, micro_folder, dtype):
    network, own = create(MICRO, 9), Preprocessing('points', 8.0)
    folder = save(network, micro_folder, tmp_path / 'out', dtype=dtype, preprocessing=own)
    model = load(folder)
    assert model.preprocessing == own
    rtol, atol = (0, 0) if dtype is None else (1e-3, 1e-4)
    for (name, a), b in zip(network.named_parameters(), trainable(folder).parameters()):
        torch.testing.assert_close(b, a, msg=name, rtol=rtol, atol=atol)


def test_points_are_asked_as_they_are_taught(tmp_path, micro_folder, micro):
    network, own = create(MICRO, 9), Preprocessing('points', 8.0)
    model = load(save(network, micro_folder, tmp_path / 'out', preprocessing=own))
    colour, depth = pictures()
    depth_m = 1 + depth / 50
    prompt = Prompt('How far is <mask>?', [box_mask((10, 20, 60, 40), 90, 160)])
    picture = prepare(
        colour, depth_m, RAYS, prompt.masks, [TaughtText(prompt.question, (0,), 'two')], MICRO, own
    )
    loss, _ = answer_loss(network, micro.tokenizer, collate([picture], micro.tokenizer))
    frame = model.encode(colour, depth_m, RAYS)
    [choice] = model.score(frame, [prompt], [['two']])
    assert loss.item() == pytest.approx(-choice.logprobs[0], rel=2e-4)
    with pytest.raises(ValueError, match='rays'):
        model.encode(colour, depth_m)
