# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What training computes equals what inference computes."""

from __future__ import annotations

from functools import partial

import pytest
import tiny_taught
import torch
from tiny_smolrgpt import TINY, pictures, prompts
from tiny_taught import ANSWERS

from smolrgpt_ros.models.batch import IGNORED, TaughtBatch
from smolrgpt_ros.models.smolrgpt import Prompt, PromptError, SmolRGPT, load
from smolrgpt_ros.models.smolrgpt.errors import CheckpointError
from smolrgpt_ros.models.smolrgpt.pack import save
from smolrgpt_ros.models.smolrgpt.prepare import PreparedPicture, TaughtText
from smolrgpt_ros.models.smolrgpt.preprocessing import Preprocessing
from smolrgpt_ros.models.smolrgpt.taught import collate, create, learnt, trainable

prepared = partial(tiny_taught.prepared, TINY)


def answer_loss(network, tokenizer, batch):
    """Loss and number of the taught tokens."""
    return learnt(network, tokenizer, batch).loss, batch.taught_tokens


def scored(model: SmolRGPT, seed: int, asked: list[Prompt]) -> float:
    frame = model.encode(*pictures(seed))
    choices = model.score(frame, asked, [[answer] for answer in ANSWERS[: len(asked)]])
    return -sum(choice.logprobs[0] for choice in choices)


def test_loss_is_what_inference_gives(tiny: SmolRGPT, tiny_folder):
    batch = collate([prepared(0, prompts()), prepared(1, prompts()[:2])], tiny.tokenizer)
    loss, tokens = answer_loss(trainable(tiny_folder), tiny.tokenizer, batch)
    expected = scored(tiny, 0, prompts()) + scored(tiny, 1, prompts()[:2])
    assert loss.item() == pytest.approx(expected, rel=2e-4)  # rgb travels in float16
    assert tokens == batch.taught_tokens > 0


def test_batch_equals_single(tiny: SmolRGPT, tiny_folder):
    network = trainable(tiny_folder)
    asked = [prepared(0, prompts()), prepared(1, prompts())]
    together, count = answer_loss(network, tiny.tokenizer, collate(asked, tiny.tokenizer))
    alone = [answer_loss(network, tiny.tokenizer, collate([p], tiny.tokenizer)) for p in asked]
    assert together.item() == pytest.approx(sum(loss.item() for loss, _ in alone), rel=1e-5)
    assert count == sum(tokens for _, tokens in alone)


@pytest.mark.parametrize(
    ('layers', 'vision_layers'),
    [
        pytest.param(TINY.lm_n_blocks, TINY.vit_n_blocks, id='as it was'),
        pytest.param(TINY.lm_n_blocks + 1, TINY.vit_n_blocks, id='one more to read'),
        pytest.param(TINY.lm_n_blocks, TINY.vit_n_blocks + 1, id='one more to see'),
        pytest.param(7, 5, id='many'),
    ],
)
def test_a_deepened_network_computes_the_same_at_first(
    tiny: SmolRGPT, tiny_folder, tmp_path, layers: int, vision_layers: int
):
    batch = collate([prepared(0, prompts())], tiny.tokenizer)
    network = trainable(tiny_folder, layers, vision_layers)
    assert network.config.lm_n_blocks == len(network.decoder.blocks) == layers
    assert network.config.vit_n_blocks == len(network.vision_encoder.blocks) == vision_layers
    loss, tokens = answer_loss(network, tiny.tokenizer, batch)
    before, _ = answer_loss(trainable(tiny_folder), tiny.tokenizer, batch)
    assert loss.item() == pytest.approx(before.item(), rel=1e-6)
    (loss / tokens).backward()
    torch.optim.SGD(network.parameters(), 1.0).step()
    after, _ = answer_loss(network, tiny.tokenizer, batch)
    assert after.item() < before.item()
    silent = [
        name for name, value in network.named_parameters() if value.ndim > 1 and not value.any()
    ]
    assert silent == []
    folder = save(network, tiny_folder, tmp_path / 'deep', preprocessing=Preprocessing())
    assert load(folder).config == network.config


def test_no_network_is_made_shallower(tiny_folder):
    with pytest.raises(CheckpointError, match=r'has \d layers and cannot be brought to 1'):
        trainable(tiny_folder, 1)
    with pytest.raises(CheckpointError, match=r'has \d vision layers and cannot be brought to 1'):
        trainable(tiny_folder, vision_layers=1)


def test_every_part_learns(tiny: SmolRGPT):
    network = create(TINY, seed=3)
    batch = collate([prepared(0, prompts())], tiny.tokenizer)
    loss, _ = answer_loss(network, tiny.tokenizer, batch)
    loss.backward()
    still = [name for name, value in network.named_parameters() if value.grad is None]
    # the last layer's prefix is only read through its keys and values: nothing is left out
    assert still == []
    assert all(value.grad.isfinite().all() for value in network.parameters())
    unused = [name for name, value in network.named_parameters() if not value.grad.any()]
    assert unused == []


def test_steps_lower_the_loss(tiny: SmolRGPT):
    network = create(TINY, seed=3)
    batch = collate([prepared(0, prompts())], tiny.tokenizer)
    optimiser = torch.optim.AdamW(network.parameters(), 3e-3)
    losses = []
    for _ in range(30):
        optimiser.zero_grad()
        loss, tokens = answer_loss(network, tiny.tokenizer, batch)
        (loss / tokens).backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.3 * losses[0]


def test_creation_depends_on_the_seed_alone():
    one, same, other = create(TINY, 5), create(TINY, 5), create(TINY, 6)
    for (name, a), b, c in zip(one.named_parameters(), same.parameters(), other.parameters()):
        assert torch.equal(a, b), name
        assert a.requires_grad
        drawn = a.ndim > 1 and 'position_embedding' not in name
        assert drawn != torch.equal(a, c), name


@pytest.mark.parametrize('dtype', [None, torch.float16], ids=['own type', 'float16'])
def test_a_trained_network_is_saved_and_loaded(tmp_path, tiny: SmolRGPT, tiny_folder, dtype):
    network = create(TINY, 9)
    own = Preprocessing('points', 8.0)
    folder = save(network, tiny_folder, tmp_path / 'out', dtype=dtype, preprocessing=own)
    loaded = load(folder)
    assert loaded.wants_points
    assert loaded.preprocessing == own
    rtol, atol = (0, 0) if dtype is None else (1e-3, 1e-4)
    for (name, a), b in zip(network.named_parameters(), trainable(folder).parameters()):
        torch.testing.assert_close(b, a, msg=name, rtol=rtol, atol=atol)


def test_padding_is_not_learnt(tiny: SmolRGPT):
    batch: TaughtBatch = collate([prepared(0, prompts())], tiny.tokenizer)
    for row, prompt, answer in zip(batch.labels, prompts(), ANSWERS):
        taught = row[row != IGNORED].tolist()
        assert taught == [*tiny.tokenizer.encode(answer), tiny.tokenizer.end], prompt.question
    assert (batch.region_slots >= 0).sum() == 2 * len(batch.weights)


@pytest.mark.parametrize(
    ('text', 'regions', 'what'),
    [
        ('How far is <mask>?', (), '1 <mask>'),
        ('How far?', (0,), '0 <mask>'),
        ('word ' * 800 + '<mask>', (0,), 'tokens'),
        ('<|im_end|> <mask>', (0,), 'im_end'),
    ],
    ids=['region missing', 'region too many', 'too long', 'control token'],
)
def test_bad_questions_are_named(tiny: SmolRGPT, text, regions, what):
    one = prepared(0, prompts())
    bad = PreparedPicture(one.rgb, one.depth, one.masks, (TaughtText(text, regions, 'left'),))
    with pytest.raises(PromptError, match=what):
        collate([bad], tiny.tokenizer)


def test_new_regions_are_told_apart():
    """Quadrants begin alike: regions of a new network would otherwise all look the same."""
    network = create(TINY, seed=3)
    for refiner in (network.rgb_refiner, network.depth_refiner):
        for doubling in refiner.doublings:
            quadrants = doubling.proj.weight.unflatten(0, (4, -1)).flatten(1)
            likeness = torch.corrcoef(quadrants)
            assert likeness.min() > 0.9
            assert not torch.equal(quadrants[0], quadrants[1])
