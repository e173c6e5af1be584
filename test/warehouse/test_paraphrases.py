# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re

import numpy as np
import pytest

from smolrgpt_ros.language.question import Category
from smolrgpt_ros.warehouse.coverage import coverage
from smolrgpt_ros.warehouse.further_questions import training_kinds
from smolrgpt_ros.warehouse.paraphrases import PARAPHRASES
from smolrgpt_ros.warehouse.questions import make_questions
from smolrgpt_ros.warehouse.render import detected_things
from smolrgpt_ros.warehouse.shown import View
from smolrgpt_ros.warehouse.synthesis import asked_frame
from smolrgpt_ros.warehouse.truth import is_inside

# Slots that stand for the same thing, with and without a noun or a second name.
SAME = {'o': 'a', 't': 'T', 'q_split': 'q'}


@pytest.fixture(scope='module')
def view() -> View:
    return View(asked_frame(11, 0, size_px=(320, 240)).frame)


def slots(wording: str) -> set[str]:
    return {SAME.get(name, name) for name in re.findall(r'\{(\w+)\}', wording)}


@pytest.mark.parametrize('wordings', PARAPHRASES, ids=lambda wordings: wordings[0][:30])
def test_paraphrases_ask_for_the_same(wordings):
    known = [slots(wording) for wording in wordings]
    for paraphrase in PARAPHRASES[wordings]:
        assert slots(paraphrase) in known, paraphrase
        assert paraphrase not in wordings


def test_coverage_of_some_is_that_of_all(view):
    wanted = detected_things(view.frame)
    every, some = coverage(view.frame), coverage(view.frame, wanted)
    assert [every[i] for i in wanted] == [some[i] for i in wanted]
    assert all(some[i].visible == 0 for i in range(len(some)) if i not in wanted)


def test_further_questions_are_true(view):
    world, frame = view.frame.world, view.frame
    rng = np.random.default_rng(3)
    asked = make_questions(view, rng, 40, kinds_of=training_kinds(view), paraphrased=0.5)
    shown = {s.index: s for s in view.shown}
    kinds = set()
    for question in asked:
        things = [world.things[i] for i in question.things]
        kinds.add(question.kind)
        if question.kind == 'in_one':
            buffer = next(t for t in things if t.class_id == 'buffer')
            assert question.answer == sum(is_inside(t, buffer) for t in things)
        elif question.category is Category.MCQ and question.kind in ('leftmost', 'rightmost'):
            across = [shown[i].places[0] for i in question.things]
            best = np.argmin(across) if question.kind == 'leftmost' else np.argmax(across)
            assert question.answer == best
        elif question.category is Category.MCQ and question.kind == 'middle':
            across = [shown[i].places[0] for i in question.things]
            assert sorted(across)[len(across) // 2] == across[question.answer]
        elif question.kind == 'nearest':
            centres = [frame.centre_camera(t) for t in things]
            reach = [np.linalg.norm(c - centres[-1]) for c in centres[:-1]]
            assert question.answer == int(np.argmin(reach)), question.text
    assert {'in_one', 'leftmost', 'rightmost', 'nearest'} <= kinds
