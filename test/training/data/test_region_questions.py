# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Region answers against the world that was rendered, computed here in another way."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from smolrgpt_ros.training.data.captions import captions
from smolrgpt_ros.training.data.region_questions import RegionQuestion, metres, region_questions
from smolrgpt_ros.training.data.synthetic import SyntheticPictures
from smolrgpt_ros.warehouse.shown import View
from smolrgpt_ros.warehouse.world import Thing

WORDS = {'buffer': 'buffer region'}


@pytest.fixture(scope='module')
def asked() -> list[tuple[View, RegionQuestion]]:
    source = SyntheticPictures(8, 'region', (240, 180))
    views = [source.view(number) for number in range(10)]
    return [(v, q) for v in views for q in region_questions(v, np.random.default_rng(1), 60)]


def in_camera(view: View, index: int) -> np.ndarray:
    """Centre of a thing as the camera sees it: rotation and translation written out."""
    pose = view.frame.world_from_camera
    return pose.rotation.T @ (np.array(view.frame.world.things[index].centre) - pose.translation)


def corner_in(thing: Thing, buffer: Thing) -> bool:
    """Whether a thing's middle lies in a convex polygon: left of each of its sides."""
    x, y = thing.centre[:2]
    corners = buffer.footprint
    following = np.roll(corners, -1, axis=0)
    turns = (following[:, 0] - corners[:, 0]) * (y - corners[:, 1]) - (
        following[:, 1] - corners[:, 1]
    ) * (x - corners[:, 0])
    return bool((turns > 0).all() or (turns < 0).all()) and not thing.carried_by


def expected(view: View, question: RegionQuestion) -> str | None:
    things = [view.frame.world.things[index] for index in question.things]
    centres = [in_camera(view, index) for index in question.things]
    places = [' '.join(f'{v + 0.0:.1f}' for v in np.round(c, 1) + 0.0) for c in centres]
    names = [WORDS.get(thing.class_id, thing.class_id) for thing in things]
    reach = [np.sqrt((c**2).sum()) for c in centres]
    world = view.frame.world
    kind = question.kind
    if kind in ('what', 'name_all'):
        return ', '.join(names)
    if kind in ('where', 'place_all'):
        return ', '.join(places)
    if kind == 'name_and_place':
        return ', '.join(f'{n} {p}' for n, p in zip(names, places, strict=True))
    if kind == 'far':
        return f'{reach[0]:.1f}'
    if kind == 'ahead':
        return f'{centres[0][2]:.1f}'
    if kind == 'closer':
        return str(int(np.argmin(reach)))
    if kind == 'taller':
        return str(int(np.argmax([thing.size[2] for thing in things])))
    if kind in ('left', 'right'):
        u = [c[0] / c[2] for c in centres]
        return str(int(np.argmin(u) if kind == 'left' else np.argmax(u)))
    if kind == 'carried':
        return 'yes' if things[0].centre[2] - things[0].size[2] / 2 > 0.1 else 'no'
    if kind == 'empty':
        return 'no' if any(t.carried_by == things[0].id for t in world.things) else 'yes'
    if kind == 'inside':
        return 'yes' if corner_in(*things) else 'no'
    if kind == 'apart':
        return ' '.join(f'{v + 0.0:.1f}' for v in np.round(centres[0] - centres[1], 1) + 0.0)
    if kind == 'size':
        long, wide = sorted(things[0].size[:2], reverse=True)
        return ' '.join(f'{v:.1f}' for v in (long, wide, things[0].size[2]))
    return None


def test_answers_are_true(asked):
    for view, question in asked:
        assert question.answer == expected(view, question), question


def test_all_kinds_are_asked(asked):
    kinds = Counter(question.kind for _, question in asked)
    assert len(kinds) == 16
    assert min(kinds.values()) >= 3


@pytest.mark.parametrize('kind', ['closer', 'taller', 'left', 'right', 'inside', 'carried'])
def test_no_answer_prevails(asked, kind):
    answers = Counter(question.answer for _, question in asked if question.kind == kind)
    assert len(answers) == 2
    assert max(answers.values()) / answers.total() < 0.8


def test_no_more_than_asked_for_and_none_twice(asked):
    view = asked[0][0]
    for count in (1, 7, 30):
        found = region_questions(view, np.random.default_rng(5), count)
        assert len(found) <= count
        assert len({(q.kind, q.things) for q in found}) == len(found)


@pytest.mark.parametrize(
    ('value', 'said'), [(-0.04, '0.0'), (0.05, '0.1'), (-1.26, '-1.3'), (12.0, '12.0')]
)
def test_metres(value, said):
    assert metres(value) == said


def test_captions_count_what_is_seen(asked):
    for view in {id(view): view for view, _ in asked}.values():
        found = {q.text: q.answer for q in captions(view, np.random.default_rng(0), 99)}
        assert not [text for text in found if '<mask>' in text]
        told = [i for i, c in enumerate(view.covered) if c.visible >= 0.3 and c.visible > 0]
        pallets = sum(view.frame.world.things[i].class_id == 'pallet' for i in told)
        assert int(found['How many pallets are in the picture?']) <= pallets
        sides = [found[f'What is {w}?'] for w in ('on the left', 'in the middle', 'on the right')]
        total = sum(int(w) for side in sides for w in side.rstrip('.').split() if w.isdigit())
        counts = found['Count the objects.'].rstrip('.').split()
        assert total == sum(int(word) for word in counts if word.isdigit())
