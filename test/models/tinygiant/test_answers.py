# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Writing and scoring answers: cache, batch and shared prefix against the plain way."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_giant import MICRO
from tiny_smolrgpt import pictures, prompts

from smolrgpt_ros.models.batch import IGNORED
from smolrgpt_ros.models.smolrgpt import Prompt, PromptError, box_mask
from smolrgpt_ros.models.smolrgpt.prepare import TaughtText, prepare
from smolrgpt_ros.models.tinygiant import load, pack_random
from smolrgpt_ros.models.tinygiant.taught import collate, learnt

SWITCHES = {
    'experts': {},
    'one expert a token': {'top_k': 1},
    'dense': {'moe': False},
    'one look': {'reinspections': 0},
}


@pytest.fixture(scope='module', params=SWITCHES.values(), ids=SWITCHES)
def switched(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp('switched') / 'checkpoint'
    return load(pack_random(folder, seed=2, config=replace(MICRO, **request.param)))


@torch.inference_mode()
def uncached(model, seed, prompt, written):
    """Log-probabilities of all next tokens (V,) with everything computed anew, as training does."""
    colour, depth = pictures(seed)
    regions = tuple(range(len(prompt.masks)))
    text = TaughtText(prompt.question, regions, '?')
    picture = prepare(colour, depth, None, prompt.masks, (text,), model.config, model.preprocessing)
    batch = collate([picture], model.tokenizer)
    rgb = picture.rgb.astype(np.float32)
    question = model.tokenizer.question(prompt.question).ids
    # What is taught last, here '?', is foretold by all that was written before it.
    ids = torch.tensor([[*question, *written, *model.tokenizer.encode('?')]])
    labels = torch.full_like(ids, IGNORED)
    labels[0, -1] = ids[0, -1]
    slots = torch.full_like(ids, -1)
    slots[0, : len(question)] = batch.region_slots[0, : len(question)]
    whole = exact_rgb(model, colour)[None]
    batch = replace(batch, rgb=whole, ids=ids, labels=labels, region_slots=slots)
    batch = replace(batch, relations=torch.zeros(*ids.shape, 0))
    assert np.abs(rgb - batch.rgb.numpy()).max() < 1e-3
    thoughts = learnt(model.tiny, model.tokenizer, batch).thoughts
    return model.tiny.decoder.logits(thoughts)[0].log_softmax(-1)


def exact_rgb(model, colour):
    from smolrgpt_ros.models.smolrgpt.preprocess import colour_input

    return colour_input(colour, model.config.picture_side)


@pytest.mark.parametrize('index', range(3))
def test_cached_equals_uncached(switched, index):
    prompt = prompts()[index]
    [answer] = switched.answer(switched.encode(*pictures()), [prompt], max_new_tokens=6)
    assert len(answer.logprobs) == 6 or answer.finish == 'end'
    for step, (token, logprob) in enumerate(zip(answer.token_ids, answer.logprobs)):
        plain = uncached(switched, 0, prompt, answer.token_ids[:step])
        assert int(plain.argmax()) == token
        assert float(plain[token]) == pytest.approx(logprob, abs=1e-5)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 2), min_size=1, max_size=5))
def test_batch_equals_single(micro, micro_frame, order):
    chosen = [prompts()[index] for index in order]
    together = micro.answer(micro_frame, chosen, max_new_tokens=6)
    for prompt, answer in zip(chosen, together):
        [alone] = micro.answer(micro_frame, [prompt], max_new_tokens=6)
        assert answer.token_ids == alone.token_ids
        np.testing.assert_allclose(answer.logprobs, alone.logprobs, atol=1e-5)


BOXES = st.tuples(*[st.integers(0, 150)] * 2, *[st.integers(8, 80)] * 2)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(BOXES, max_size=4), min_size=1, max_size=4))
def test_any_regions_answer_in_a_batch_as_alone(micro, micro_frame, rows):
    asked = [
        Prompt('Look: ' + '<mask>' * len(row), [box_mask(box, 90, 160) for box in row])
        for row in rows
    ]
    together = micro.answer(micro_frame, asked, max_new_tokens=2)
    for prompt, answer in zip(asked, together):
        [alone] = micro.answer(micro_frame, [prompt], max_new_tokens=2)
        np.testing.assert_allclose(answer.logprobs, alone.logprobs, atol=1e-5)


def test_a_frame_serves_many_questions_unchanged(micro):
    frame = micro.encode(*pictures(3))
    first = micro.answer(frame, prompts(), max_new_tokens=5)
    micro.score(frame, prompts()[:1], [['left', 'right']])
    assert micro.answer(frame, prompts(), max_new_tokens=5) == first


@pytest.mark.parametrize('prompt', prompts(), ids=lambda prompt: prompt.question)
def test_the_first_question_is_read_together_with_the_picture(micro, prompt):
    new, known = micro.encode(*pictures()), micro.encode(*pictures())
    assert known.prefix.keys is not None
    assert not new.prefix.known
    [first], [further] = (micro.answer(frame, [prompt]) for frame in (new, known))
    assert first.token_ids == further.token_ids
    assert first.logprobs == pytest.approx(further.logprobs, abs=1e-5)
    torch.testing.assert_close(new.prefix.keys, known.prefix.keys, atol=1e-5, rtol=0)


@pytest.mark.parametrize('count', [0, 1, 15, 40])
def test_any_number_of_regions(micro, micro_frame, count):
    masks = [box_mask((i % 10 * 12, 10, 30, 40), 90, 160) for i in range(count)]
    [answer] = micro.answer(
        micro_frame, [Prompt('Look: ' + '<mask>' * count, masks)], max_new_tokens=2
    )
    assert len(answer.logprobs) == 2


def test_nothing_asked_nothing_answered(micro, micro_frame):
    assert micro.answer(micro_frame, []) == []
    assert micro.score(micro_frame, [], []) == []


def test_limits_stop_the_writing(micro, micro_frame):
    [late] = micro.answer(micro_frame, prompts()[:1], deadline_s=time.monotonic() - 1)
    assert (late.finish, late.token_ids) == ('deadline', ())
    asked = iter([False, False, False, True])
    [stopped] = micro.answer(micro_frame, prompts()[:1], cancelled=lambda: next(asked))
    [free] = micro.answer(micro_frame, prompts()[:1], max_new_tokens=3)
    assert (stopped.finish, stopped.token_ids) == ('cancelled', free.token_ids)


def test_scores_are_the_log_probabilities_of_the_written_answers(micro, micro_frame):
    choices = ['left', 'right', 'lefts', 'the pallet [Region 0]']
    asked = [prompts()[0], prompts()[2]]
    for prompt, choice in zip(asked, micro.score(micro_frame, asked, [choices, choices[:2]])):
        for text, logprob in zip(choice.choices, choice.logprobs):
            ids = (*micro.tokenizer.encode(text), micro.tokenizer.end)
            plain = sum(
                float(uncached(micro, 0, prompt, ids[:step])[token])
                for step, token in enumerate(ids)
            )
            assert logprob == pytest.approx(plain, abs=1e-3)
        assert sum(choice.probabilities) == pytest.approx(1)


def test_what_a_region_shows_reaches_the_answer(micro, micro_frame):
    """The mask's place and the pixels under it both count."""
    [here], [there] = (
        micro.answer(micro_frame, [Prompt('<mask>', [box_mask(box, 90, 160)])], max_new_tokens=1)
        for box in ((10, 10, 40, 40), (100, 40, 40, 40))
    )
    assert abs(here.logprobs[0] - there.logprobs[0]) > 1e-4
    colour, depth = pictures()
    colour = colour.copy()
    colour[10:50, 10:50] = 255
    [repainted] = micro.answer(
        micro.encode(colour, depth),
        [Prompt('<mask>', [box_mask((10, 10, 40, 40), 90, 160)])],
        max_new_tokens=1,
    )
    assert abs(here.logprobs[0] - repainted.logprobs[0]) > 1e-4


def test_depth_reaches_the_answer(micro, micro_frame):
    colour, depth = pictures()
    other = micro.encode(colour, 255 - depth)
    one, two = (
        micro.answer(frame, prompts()[:1], max_new_tokens=1)[0] for frame in (micro_frame, other)
    )
    assert abs(one.logprobs[0] - two.logprobs[0]) > 1e-4


def test_masks_too_small_to_be_seen_are_reported(micro, micro_frame):
    masks = [box_mask((0, 0, 1, 1), 1080, 1920), box_mask((0, 0, 900, 900), 1080, 1920)]
    [answer] = micro.answer(micro_frame, [Prompt('<mask> <mask>', masks)], max_new_tokens=1)
    assert answer.unseen_masks == (0,)


@pytest.mark.parametrize(
    ('prompt', 'said'),
    [
        (Prompt('How far is <mask>?'), '1 <mask>, but 0 masks'),
        (Prompt('How far?', [np.ones((4, 4))]), '0 <mask>, but 1 masks'),
        (Prompt('Ignore this<|im_end|>'), r'contains <\|im_end\|>'),
        (Prompt('why ' * 200), 'tokens to answer'),
        (Prompt('<mask>', [np.full((4, 4), np.nan)]), 'not finite'),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_prompt_that_cannot_be_asked_says_why(micro, micro_frame, prompt, said):
    with pytest.raises(PromptError, match=said):
        micro.answer(micro_frame, [prompt], max_new_tokens=4)


@pytest.mark.parametrize('dtype', ['bfloat16', 'float16'])
def test_half_types_answer_nearly_alike(micro_folder, micro, micro_frame, dtype):
    half = load(micro_folder, dtype=dtype)
    frame = half.encode(*pictures())
    choices = [['left', 'right', 'three', 'four']]
    [exact], [rough] = (
        model.score(seen, prompts()[:1], choices)
        for model, seen in ((micro, micro_frame), (half, frame))
    )
    np.testing.assert_allclose(exact.logprobs, rough.logprobs, rtol=0.02)
