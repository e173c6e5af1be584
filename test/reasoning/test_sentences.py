# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: E501 - a row of a table is one line
"""From a person's words to the sentence that answers them, in the known hall."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.language.parsing import parse
from smolrgpt_ros.reasoning.geometric import GeometricEngine
from smolrgpt_ros.scene.frame import Scene


def outcome_of(engine: GeometricEngine, scene: Scene, text: str) -> Answer | Failure:
    ids = [region.id for region in scene.regions]
    try:
        question = parse(text, ids, {region.class_id for region in scene.regions})
    except QuestionError as error:
        return error.failure
    return engine.answer(scene, [question])[0]


def told(engine: GeometricEngine, scene: Scene, text: str) -> str:
    """The sentence, measured lengths as '#'."""
    outcome = outcome_of(engine, scene, text)
    assert isinstance(outcome, Answer), outcome
    return re.sub(r'\d+\.\d\d m', '#', outcome.text)


@pytest.mark.parametrize(
    ('question', 'sentence'),
    [
        ('is pallet_1 left of pallet_3?', 'Yes, pallet_1 is to the left of pallet_3.'),
        ('is pallet_3 left of pallet_1?', 'No, pallet_3 is to the right of pallet_1.'),
        ('is pallet_3 on my left?', 'No, pallet_3 is to your right.'),
        ('is pallet_1 left or right of pallet_3?', 'pallet_1 is to the left of pallet_3.'),
        ('is pallet_1 in buffer_1?', 'Yes, pallet_1 is in buffer_1.'),
        ('is pallet_1 in buffer_2?', 'No, pallet_1 is not in buffer_2.'),
        ('are pallet_1 and pallet_3 in buffer_1?', 'No, pallet_1 is in buffer_1, pallet_3 is not in buffer_1.'),
        ('are pallet_1 and pallet_2 in buffer_1?', 'Yes, pallet_1 and pallet_2 are in buffer_1.'),
        ('are there any pallets in buffer_2?', 'Yes, 1 pallet is in buffer_2: pallet_3.'),
        ('is there a person in buffer_1?', 'No, no people are in buffer_1.'),
        ('are there 3 pallets in buffer_1?', '2 pallets are in buffer_1: pallet_1 and pallet_2.'),
        ('how many pallets are in buffer_1 and buffer_2?', '3 pallets are in buffer_1 and buffer_2: pallet_1, pallet_2 and pallet_3.'),
        ('is pallet_4 in any buffer?', 'No, pallet_4 is not in a buffer.'),
        ('is pallet_1 in a buffer?', 'Yes, pallet_1 is in a buffer.'),
        ('is anything in buffer_2?', 'Yes, 1 object is in buffer_2: pallet_3.'),
        ('is buffer_2 occupied?', 'Yes, buffer_2 is not empty: pallet_3 is in it.'),
        ('what does buffer_2 contain?', 'pallet_3 is in buffer_2.'),
        ('are there pallets on the left?', 'Yes, 3 pallets are to your left: pallet_1, pallet_2 and pallet_5.'),
        ('is there a transporter on my right?', 'Yes, 1 transporter is to your right: transporter_1.'),
        ('how many pallets are between pallet_1 and pallet_2?', 'No pallet is between pallet_1 and pallet_2.'),
        ('how many pallets are near pallet_4?', 'No pallet is within 2 m of pallet_4. The nearest is pallet_2 (#).'),
        ('is pallet_4 closer to transporter_1 than to pallet_1?', 'Yes, transporter_1 is closer to pallet_4 than pallet_1: # against #.'),
        ('how many boxes are there?', 'No boxes are in view.'),
        ('how many pallets are left of me?', '3 pallets are to your left: pallet_1, pallet_2 and pallet_5.'),
        ('how many objects are in buffer_2?', '1 object is in buffer_2: pallet_3.'),
        ('is transporter_1 empty?', 'Yes, transporter_1 is empty.'),
        ('is transporter_2 empty?', 'No, transporter_2 is not empty: pallet_5 is on it.'),
        ('is transporter_2 loaded?', 'Yes, transporter_2 is loaded: pallet_5 is on it.'),
        ('is buffer_2 empty?', 'No, buffer_2 is not empty: pallet_3 is in it.'),
        ('which transporter is empty?', 'transporter_1 is empty.'),
        ('which buffer is empty?', 'No buffer is empty.'),
        ('is transporter_2 carrying pallet_5?', 'Yes, pallet_5 is on transporter_2.'),
        ('is transporter_1 carrying anything?', 'No, no pallets are on transporter_1.'),
        ('what does transporter_2 carry?', 'pallet_5 is on transporter_2.'),
        ('which transporter carries pallet_5?', 'pallet_5 is on transporter_2.'),
        ('which pallets are in a buffer?', 'pallet_1, pallet_2 and pallet_3 are in a buffer.'),
        ('which buffer is pallet_3 in?', 'pallet_3 is in buffer_2.'),
        ('which buffer is pallet_4 in?', 'pallet_4 is in no buffer.'),
        ('which buffer has the most pallets?', 'buffer_1 has the most pallets: 2, against 1 in buffer_2.'),
        ('which buffer has the fewest pallets?', 'buffer_2 has the fewest pallets: 1, against 2 in buffer_1.'),
        ('which pallet should transporter_1 pick up?', 'pallet_4 is the closest free pallet to transporter_1 (#).'),
        ('which pallet should transporter_2 pick up?', 'pallet_4 is the closest free pallet to transporter_2 (#). transporter_2 seems to carry a pallet already.'),
        ('is pallet_1 closer than pallet_4?', 'Yes, pallet_1 is closer to you than pallet_4: # against #.'),
        ('is pallet_4 closer than pallet_1?', 'No, pallet_4 is farther from you than pallet_1: # against #.'),
        ('is pallet_1 farther from transporter_1 than pallet_3?', 'Yes, pallet_1 is farther from transporter_1 than pallet_3: # against #.'),
        ('which is farther, pallet_1 or pallet_4?', 'pallet_4 is farther from you than pallet_1: # against #.'),
        ('is pallet_1 or pallet_4 closer?', 'pallet_1 is closer to you than pallet_4: # against #.'),
        ('is pallet_3 closer to transporter_1 or to pallet_1?', 'transporter_1 is closer to pallet_3 than pallet_1: # against #.'),
        ('is pallet_1 behind pallet_4?', 'No, pallet_1 is closer to you than pallet_4: # against #.'),
        ('which pallet is second from the left?', 'pallet_5 is the second from the left.'),
        ('which pallet is closest to buffer_1?', 'pallet_1 is nearest to buffer_1 (inside it). pallet_2 is inside as well.'),
        ('how far is transporter_1 from the nearest pallet?', 'transporter_1 and pallet_4 are # apart.'),
        ('is pallet_1 within 9 m of me?', 'Yes, pallet_1 (#) is within 9 m of you.'),
        ('is pallet_1 closer than 2 m to me?', 'No, pallet_1 (#) is not within 2 m of you.'),
        ('is pallet_1 farther than 3 m from me?', 'Yes, pallet_1 (#) is farther than 3 m from you.'),
        ('which pallets are farther than 8 m from me?', 'pallet_4 (#) and pallet_5 (#) are farther than 8 m from you.'),
        ('how many pallets are within 8 m of me?', '3 pallets are within 8 m of you: pallet_3 (#), pallet_1 (#) and pallet_2 (#).'),
        ('what is within 1 m of pallet_4?', 'Nothing is within 1 m of pallet_4. The nearest is transporter_1 (#).'),
        ('what is within 1 m of pallet_3?', 'buffer_2 (around it) is within 1 m of pallet_3.'),
        ('is anyone near me?', 'No, no person is detected, so none is within 2 m of you.'),
        ('is pallet_1 near pallet_2?', 'No, pallet_1 (#) is not within 2 m of pallet_2.'),
        ('what is on my left?', 'buffer_1, pallet_1, pallet_2, transporter_2 and pallet_5 are to your left.'),
        ('list all transporters', 'transporter_1 and transporter_2 are in view.'),
        ('what is behind pallet_4?', 'transporter_1, transporter_2 and pallet_5 are farther from you than pallet_4.'),
        ('which transporters are between pallet_1 and pallet_3?', 'No transporter is between pallet_1 and pallet_3.'),
        ('is pallet_4 between pallet_1 and pallet_3?', 'No, pallet_4 is not between pallet_1 and pallet_3.'),
        ('is there anything between pallet_1 and pallet_2?', 'No, nothing is between pallet_1 and pallet_2. The way crosses buffer_1.'),
    ],
)  # fmt: skip
def test_sentences(engine: GeometricEngine, scene: Scene, question: str, sentence: str) -> None:
    assert told(engine, scene, question) == sentence


@pytest.mark.parametrize(
    ('question', 'reason', 'words'),
    [
        ('how far is pallet_1 from pallet_1?', Reason.NOT_UNDERSTOOD, 'name two different ones'),
        ('is pallet_1 left of pallet_1?', Reason.NOT_UNDERSTOOD, 'name two different ones'),
        ('where is pallet_1 and pallet_2?', Reason.NOT_UNDERSTOOD, 'pallet_1 and pallet_2'),
        ('is pallet_1 left of pallet_2 and right of pallet_3?', Reason.NOT_UNDERSTOOD, 'one side'),
        ('how many pallets and people are there?', Reason.NOT_UNDERSTOOD, 'one kind of thing'),
        ('which pallets are not in a buffer?', Reason.NOT_UNDERSTOOD, "'not'"),
        ('how many pallets are outside the buffers?', Reason.NOT_UNDERSTOOD, "'not'"),
        ('what is right of pallet_1 and left of pallet_3?', Reason.NOT_UNDERSTOOD, 'one relation'),
        ('is there enough space for the transporter between pallet_1 and pallet_3?', Reason.NOT_UNDERSTOOD, 'between two objects'),
        ('which two pallets are closest to each other?', Reason.NOT_UNDERSTOOD, 'pair'),
        ('is the way to pallet_1 free?', Reason.NOT_UNDERSTOOD, 'is there anything between'),
        ('what is within -3 m of pallet_3?', Reason.NOT_UNDERSTOOD, "'-3 m'"),
        ('what is within 1e9 m of me?', Reason.NOT_UNDERSTOOD, "'1e9 m'"),
        ('how long is pallet_1?', Reason.NOT_UNDERSTOOD, 'not understood'),
        ('where is the pallet?', Reason.AMBIGUOUS, 'pallet_1, pallet_5, pallet_2, pallet_4, pallet_3 (from left to right)'),
        ('where is pallet_33?', Reason.UNKNOWN_OBJECT, 'did you mean pallet_3? detected are'),
        ('which pallet is tenth from the left?', Reason.UNKNOWN_OBJECT, 'number 10 of 5'),
    ],
)  # fmt: skip
def test_refusals_say_what_would_help(
    engine: GeometricEngine, scene: Scene, question: str, reason: Reason, words: str
) -> None:
    outcome = outcome_of(engine, scene, question)
    assert isinstance(outcome, Failure), outcome
    assert outcome.reason is reason
    assert words in outcome.message


def test_as_many_in_each_is_no_most(engine: GeometricEngine, scene: Scene) -> None:
    fewer = tuple(region for region in scene.regions if region.id != 'pallet_2')
    alike = replace(scene, regions=fewer)
    outcome = outcome_of(engine, alike, 'which buffer has the most pallets?')
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.AMBIGUOUS
    assert 'buffer_1 and buffer_2 have the most pallets alike: 1 each' in outcome.message
