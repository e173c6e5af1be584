# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The wordings: well formed, and all that the benchmark publishes are among them."""

from __future__ import annotations

import itertools
import json
import re

import pytest

from smolrgpt_ros.warehouse import templates

WORDS = {
    'pos': ('leftmost', 'rightmost', 'middle'),
    'side': ('left', 'right'),
    'p': ('leftmost', 'rightmost'),
    'q': ('leftmost', 'rightmost'),
    'q_split': ('left most', 'right most'),
}
TOKENS = dict.fromkeys('BPTSo', '[MASKS]') | dict.fromkeys('abct', 'OBJ')


def wordings(value) -> list[str]:
    """All templates of a constant, however nested."""
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value
    return [text for part in parts for text in wordings(part)]


ALL = [
    text
    for name, value in vars(templates).items()
    if name.isupper() and name != 'BUFFER_NOUNS'
    for text in wordings(value)
]


def published_form(template: str) -> set[str]:
    """A template with all its words filled in, tokens written as the benchmark's list does."""
    slots = [slot for slot in dict.fromkeys(re.findall(r'\{(\w+)\}', template)) if slot in WORDS]
    forms = set()
    for words in itertools.product(*(WORDS[slot] for slot in slots)):
        forms.add(template.format(**TOKENS, **dict(zip(slots, words, strict=True))))
    return forms


@pytest.mark.parametrize('template', ALL)
def test_only_known_slots_and_an_end(template):
    assert set(re.findall(r'\{(\w+)\}', template)) <= set(WORDS) | set(TOKENS)
    assert template[-1] in '?.'
    assert '  ' not in template


def test_no_wording_twice():
    assert len(set(ALL)) == len(ALL)


def test_published_wordings_are_among_them(shared_dir):
    path = shared_dir / 'warehouse' / 'question_templates.json'
    published = json.loads(path.read_text(encoding='utf-8'))
    del published['source']
    ours = {form for template in ALL for form in published_form(template)}
    missing = [t for group in published.values() for t in group if t not in ours]
    # Its typing error leaves open which buffer is meant.
    assert all('From middlethe' in template for template in missing), missing
