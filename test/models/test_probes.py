# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Probes: what they know of a batch, what they leave alone, and that regions learn from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from tiny_giant import MICRO
from tiny_smolrgpt import TINY, prompts
from tiny_taught import ANSWERS, prepared

from smolrgpt_ros.models import smolrgpt, tinygiant
from smolrgpt_ros.models.batch import TaughtBatch
from smolrgpt_ros.models.probes import Probes
from smolrgpt_ros.models.smolrgpt import taught as taught_smolrgpt
from smolrgpt_ros.models.smolrgpt.prepare import PreparedPicture
from smolrgpt_ros.models.smolrgpt.reading import Learnt
from smolrgpt_ros.models.smolrgpt.tokens import PromptTokenizer
from smolrgpt_ros.models.tinygiant import taught as taught_tinygiant

FACTS, RELATIONS = 4, 2
FLAGS = (False,) * FACTS, (False,) * RELATIONS
VALUES = (3.0, float('nan'), 0.5), (1.0, 7.0)


@dataclass(frozen=True)
class Subject:
    """A network's way of being taught."""

    config: Any
    taught: ModuleType
    tokenizer: PromptTokenizer

    def new(self) -> torch.nn.Module:
        return self.taught.create(self.config, seed=3)

    def picture(self, number: int) -> PreparedPicture:
        """One of two pictures, with three questions or two, and all that can be known."""
        asked = prompts()[: len(VALUES[number])]
        return known(prepared(self.config, number, asked), number, VALUES[number])

    def batch(self, *pictures: PreparedPicture) -> TaughtBatch:
        return self.taught.collate(pictures, self.tokenizer)

    def learnt(self, network: torch.nn.Module, batch: TaughtBatch) -> Learnt:
        return self.taught.learnt(network, self.tokenizer, batch)

    def probes(self) -> Probes:
        return Probes(self.config.lm_hidden_dim, *FLAGS)


@pytest.fixture(
    scope='module',
    params=[(smolrgpt, taught_smolrgpt, TINY), (tinygiant, taught_tinygiant, MICRO)],
    ids=['smolrgpt', 'tinygiant'],
)
def subject(request, tmp_path_factory) -> Subject:
    package, taught, config = request.param
    folder = package.pack_random(tmp_path_factory.mktemp('probed') / 'folder', config=config)
    tokenizer = PromptTokenizer(folder / 'tokenizer.json', config)
    return Subject(config, taught, tokenizer)


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


def mistake_of(probes: Probes, learnt: Learnt, batch: TaughtBatch) -> torch.Tensor:
    return probes(learnt.regions, learnt.relating, learnt.thoughts, batch)


def test_facts_and_quantities_are_learnt(subject: Subject):
    batch = subject.batch(subject.picture(0), subject.picture(1))
    network, probes = subject.new(), subject.probes()
    optimiser = torch.optim.AdamW([*network.parameters(), *probes.parameters()], 3e-3)
    mistakes = []
    for _ in range(60):
        optimiser.zero_grad()
        mistake = mistake_of(probes, subject.learnt(network, batch), batch)
        mistake.backward()
        optimiser.step()
        mistakes.append(mistake.item())
    assert mistakes[-1] < 0.2 * mistakes[0]


def test_what_is_looked_at_belongs_to_its_question(subject: Subject):
    """Rows are read in groups of like length; all comes back in the batch's order."""
    pictures = subject.picture(0), subject.picture(1)
    batch, network = subject.batch(*pictures), subject.new()
    assert batch.related.sum() == torch.isfinite(batch.relations[..., 0]).sum() > 0
    together = subject.learnt(network, batch)
    alone = [
        subject.learnt(network, subject.batch(replace(picture, texts=(text,))))
        for picture in pictures
        for text in picture.texts
    ]
    assert len(alone) == len(ANSWERS) + 2
    for name in ('thoughts', 'relating'):
        apart = torch.cat([getattr(one, name) for one in alone])
        torch.testing.assert_close(getattr(together, name), apart, atol=1e-5, rtol=1e-4)


def test_a_mistake_is_told_in_the_place_of_what_is_wrong(subject: Subject):
    """A thing's facts change what is found wrong with its own tokens alone."""
    batch, network, probes = subject.batch(subject.picture(0)), subject.new(), subject.probes()
    torch.nn.init.normal_(probes.region.weight)
    learnt = subject.learnt(network, batch)
    learnt.regions.retain_grad()
    only = torch.full_like(batch.facts, float('nan'))
    only[1] = batch.facts[1]
    mistake_of(probes, learnt, replace(batch, facts=only)).backward()
    assert learnt.regions.grad[1].any()
    assert not learnt.regions.grad[[0, *range(2, len(only))]].any()


@pytest.mark.parametrize(
    'unknown',
    [
        pytest.param(lambda known, plain: plain, id='nothing known'),
        pytest.param(
            lambda known, plain: replace(plain, facts=np.full_like(known.facts, np.nan)),
            id='all unknown',
        ),
    ],
)
def test_what_nobody_knows_is_no_mistake(
    subject: Subject, unknown: Callable[[PreparedPicture, PreparedPicture], PreparedPicture]
):
    plain = prepared(subject.config, 0, prompts())
    batch = subject.batch(unknown(subject.picture(0), plain))
    network, probes = subject.new(), subject.probes()
    learnt = subject.learnt(network, batch)
    mistake = mistake_of(probes, learnt, batch)
    assert mistake.item() == 0.0
    (learnt.loss + mistake).backward()
    assert all(value.grad is None or value.grad.isfinite().all() for value in probes.parameters())


def test_of_what_is_rarely_so_it_is_learnt_how_rarely(subject: Subject):
    """A difference would be least for never."""
    batch = subject.batch(subject.picture(0))
    facts = torch.zeros(len(batch.facts), FACTS)
    facts[0, 1] = 1.0
    facts[1, 2] = 1.0
    probes = Probes(subject.config.lm_hidden_dim, (False, True, False, False), FLAGS[1])
    with torch.no_grad():
        learnt = subject.learnt(subject.new(), batch)
    blind = replace(learnt, regions=torch.zeros_like(learnt.regions))
    optimiser = torch.optim.Adam(probes.parameters(), 0.05)
    for _ in range(300):
        optimiser.zero_grad()
        mistake_of(probes, blind, replace(batch, facts=facts)).backward()
        optimiser.step()
    told = probes.region.bias.detach()
    assert told[1].sigmoid() == pytest.approx(1.0 / len(facts), abs=0.02)
    assert told[2] == pytest.approx(0.0, abs=0.1)


def test_pictures_with_and_without_facts_share_a_batch(subject: Subject):
    with_facts = subject.picture(0)
    batch = subject.batch(prepared(subject.config, 1, prompts()), with_facts)
    regions = len(with_facts.masks)
    assert batch.facts.shape == (2 * regions, FACTS)
    assert batch.facts[:regions].isnan().all()
    assert batch.facts[regions:].isfinite().all()
