# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Probes: what they know of a batch, what they leave alone, and that regions learn from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from test_taught import ANSWERS, prepared
from tiny_smolrgpt import TINY, prompts

from smolrgpt_ros.models.batch import TaughtBatch
from smolrgpt_ros.models.smolrgpt import SmolRGPT
from smolrgpt_ros.models.smolrgpt.prepare import PreparedPicture
from smolrgpt_ros.models.smolrgpt.probes import Probes
from smolrgpt_ros.models.smolrgpt.taught import answer_loss, collate, create, probed_loss

FACTS, RELATIONS = 4, 2


def known(picture: PreparedPicture, seed: int, values: tuple[float, ...]) -> PreparedPicture:
    """The picture with facts of its regions; relations and a quantity for each question."""
    rng = np.random.default_rng(seed)
    facts = rng.normal(size=(len(picture.masks), FACTS))
    texts = tuple(
        replace(text, value=value, relations=related(len(text.regions), rng))
        for text, value in zip(picture.texts, values)
    )
    return replace(picture, facts=facts.astype(np.float32), texts=texts)


def related(regions: int, rng: np.random.Generator) -> np.ndarray:
    """Relations of a question's regions; the first one stands to nothing."""
    relations = rng.normal(size=(regions, RELATIONS)).astype(np.float32)
    relations[:1] = np.nan
    return relations


def batch_of(model: SmolRGPT) -> TaughtBatch:
    first = known(prepared(0, prompts()), 0, (3.0, float('nan'), 0.5))
    second = known(prepared(1, prompts()[:2]), 1, (1.0, 7.0))
    return collate([first, second], model.tokenizer)


def trained_probes(batch: TaughtBatch, model: SmolRGPT, steps: int) -> tuple[Probes, list[float]]:
    """Probes taught with a network of their own; what they found wrong on the way."""
    network, probes = create(TINY, seed=3), Probes(TINY, FACTS, RELATIONS)
    optimiser = torch.optim.AdamW([*network.parameters(), *probes.parameters()], 3e-3)
    mistakes = []
    for _ in range(steps):
        optimiser.zero_grad()
        mistake = probed_loss(network, model.tokenizer, batch, probes)[2]
        mistake.backward()
        optimiser.step()
        mistakes.append(mistake.item())
    return probes, mistakes


def test_answers_are_learnt_as_without_probes(tiny: SmolRGPT):
    network, batch = create(TINY, seed=3), batch_of(tiny)
    loss, tokens, mistake = probed_loss(
        network, tiny.tokenizer, batch, Probes(TINY, FACTS, RELATIONS)
    )
    plain = answer_loss(network, tiny.tokenizer, batch)
    assert (loss.item(), tokens) == (plain[0].item(), plain[1])
    assert mistake.item() > 0.0


def test_facts_and_quantities_are_learnt(tiny: SmolRGPT):
    _, mistakes = trained_probes(batch_of(tiny), tiny, steps=60)
    assert mistakes[-1] < 0.2 * mistakes[0]


def test_each_thought_belongs_to_its_question(tiny: SmolRGPT):
    """Rows are read in groups of like length; thoughts come back in the batch's order."""
    batch, network = batch_of(tiny), create(TINY, seed=3)
    assert batch.related.sum() == torch.isfinite(batch.relations[..., 0]).sum() > 0

    class Heard(Probes):
        def forward(self, regions, relating, thoughts, batch):
            self.thoughts, self.relating = thoughts, relating
            return super().forward(regions, relating, thoughts, batch)

    together = Heard(TINY, FACTS, RELATIONS)
    probed_loss(network, tiny.tokenizer, batch, together)
    first = known(prepared(0, prompts()), 0, (3.0, float('nan'), 0.5))
    second = known(prepared(1, prompts()[:2]), 1, (1.0, 7.0))
    alone = []
    for picture in (first, second):
        for text in picture.texts:
            one = replace(picture, texts=(text,))
            heard = Heard(TINY, FACTS, RELATIONS)
            probed_loss(network, tiny.tokenizer, collate([one], tiny.tokenizer), heard)
            alone.append(heard)
    assert len(alone) == len(ANSWERS) + 2
    for name in ('thoughts', 'relating'):
        apart = torch.cat([getattr(heard, name) for heard in alone])
        torch.testing.assert_close(getattr(together, name), apart, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    'picture',
    [
        pytest.param(lambda: prepared(0, prompts()), id='nothing known'),
        pytest.param(
            lambda: replace(
                known(prepared(0, prompts()), 0, ()),
                facts=np.full((len(prepared(0, prompts()).masks), FACTS), np.nan, np.float32),
                texts=prepared(0, prompts()).texts,
            ),
            id='all unknown',
        ),
    ],
)
def test_what_nobody_knows_is_no_mistake(tiny: SmolRGPT, picture):
    network, probes = create(TINY, seed=3), Probes(TINY, FACTS, RELATIONS)
    batch = collate([picture()], tiny.tokenizer)
    loss, _, mistake = probed_loss(network, tiny.tokenizer, batch, probes)
    assert mistake.item() == 0.0
    (loss + mistake).backward()
    assert all(value.grad is None or value.grad.isfinite().all() for value in probes.parameters())


def test_pictures_with_and_without_facts_share_a_batch(tiny: SmolRGPT):
    with_facts = known(prepared(0, prompts()), 0, (1.0, 2.0, 3.0))
    batch = collate([prepared(1, prompts()), with_facts], tiny.tokenizer)
    regions = len(with_facts.masks)
    assert batch.facts.shape == (2 * regions, FACTS)
    assert batch.facts[:regions].isnan().all()
    assert batch.facts[regions:].isfinite().all()


def test_new_regions_are_told_apart():
    """Quadrants begin alike: regions of a new network would otherwise all look the same."""
    network = create(TINY, seed=3)
    for refiner in (network.rgb_refiner, network.depth_refiner):
        for doubling in refiner.doublings:
            quadrants = doubling.proj.weight.unflatten(0, (4, -1)).flatten(1)
            likeness = torch.corrcoef(quadrants)
            assert likeness.min() > 0.9
            assert not torch.equal(quadrants[0], quadrants[1])
