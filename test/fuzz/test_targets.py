# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The fuzzer's targets in a short form that is the same every time; `make fuzz` goes on searching.

`corpus/TARGET/` holds inputs that a reader once could not bear, as the fuzzer saved them.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz import limits
from fuzz.limits import limited_memory, limited_time
from fuzz.targets import NAMES, target

CORPUS = Path(__file__).parent / 'corpus'
INPUTS = 60
NEEDS = {'pictures': 'rclpy', 'detections': 'rclpy', 'checkpoint': 'torch'}
HERE = [name for name in NAMES if importlib.util.find_spec(NEEDS.get(name, 'numpy'))]
FOUND = sorted(path for name in HERE for path in (CORPUS / name).glob('*'))


def feed(name: str, data: bytes) -> None:
    with limited_time(), limited_memory():
        target(name).check(data)


@pytest.mark.parametrize('name', HERE)
def test_seeds(name):
    seeds = list(target(name).seeds())
    assert seeds
    for seed in seeds:
        feed(name, seed)


@st.composite
def changed_seeds(draw, name):
    """A seed with some bytes replaced and some appended."""
    seed = bytearray(draw(st.sampled_from(list(target(name).seeds()))))
    for place, value in draw(
        st.lists(st.tuples(st.integers(0, 80), st.integers(0, 255)), max_size=8)
    ):
        if place < len(seed):
            seed[place] = value
    return bytes(seed) + draw(st.binary(max_size=60))


@pytest.mark.parametrize('name', HERE)
def test_changed_seeds(name):
    @settings(
        max_examples=INPUTS, derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(changed_seeds(name))
    def search(data):
        feed(name, data)

    search()


@pytest.mark.parametrize('path', FOUND, ids=lambda path: f'{path.parent.name} {path.name}')
def test_what_was_found_is_borne(path):
    feed(path.parent.name, path.read_bytes())


def test_the_corpus_is_of_targets():
    assert {path.name for path in CORPUS.iterdir()} <= set(NAMES)


def test_a_slow_input_is_noticed(monkeypatch):
    monkeypatch.setattr(limits, 'SECONDS', 0.0)
    with pytest.raises(limits.TooSlow, match='one input took'), limits.limited_time():
        sum(range(10_000))


def test_a_hungry_input_is_noticed():
    with limited_memory(), pytest.raises(MemoryError):
        bytearray(3 << 30)
    assert len(bytearray(100 << 20)) == 100 << 20
