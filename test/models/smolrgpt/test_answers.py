# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Writing and scoring answers: the fast paths against the plain ones."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_smolrgpt import TINY, pictures, prompts

from smolrgpt_ros.models.smolrgpt import ModelMemoryError, Prompt, PromptError, box_mask, load
from smolrgpt_ros.models.smolrgpt.decoding import EagerDecoder, decode_step
from smolrgpt_ros.models.smolrgpt.one_sequence import SequenceDecoder
from smolrgpt_ros.models.smolrgpt.score import answer_tree


def uncached(model, frame, prompt, count):
    """Greedy ids and log-probabilities with the whole prompt read anew for every token."""
    from smolrgpt_ros.models.smolrgpt.cache import KeyValueCache
    from smolrgpt_ros.models.smolrgpt.prompts import batch

    network, tokenizer, written, logprobs = model.network, model.tokenizer, [], []
    text = torch.tensor([tokenizer.prefix[: -TINY.mp_image_token_length]])
    with torch.inference_mode():
        for _ in range(count):
            x = torch.cat(
                (
                    network.decoder.embed(text),
                    frame.image_tokens[None],
                    batch(network, tokenizer, frame, [prompt], 0).x,
                    network.decoder.embed(torch.tensor([written], dtype=torch.long)),
                ),
                1,
            )
            places = torch.arange(x.shape[1])[None]
            cache = KeyValueCache(TINY, 1, x.shape[1], dtype=x.dtype, device=x.device)
            hidden = network.decoder(x, places, places, places[..., None] >= places[:, None], cache)
            best = network.decoder.logits(hidden[0, -1]).log_softmax(-1).max(-1)
            written.append(int(best.indices))
            logprobs.append(float(best.values))
    return written, logprobs


@pytest.mark.parametrize('index', range(3))
def test_cached_equals_uncached(tiny, tiny_frame, index):
    prompt = prompts()[index]
    [answer] = tiny.answer(tiny_frame, [prompt], max_new_tokens=10)
    ids, logprobs = uncached(tiny, tiny_frame, prompt, 10)
    assert answer.token_ids == tuple(ids)
    np.testing.assert_allclose(answer.logprobs, logprobs, atol=1e-5)
    assert answer.confidence == pytest.approx(np.exp(np.mean(logprobs)), abs=1e-5)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 2), min_size=1, max_size=5))
def test_batch_equals_single(tiny, tiny_frame, order):
    chosen = [prompts()[index] for index in order]
    together = tiny.answer(tiny_frame, chosen, max_new_tokens=6)
    for prompt, answer in zip(chosen, together):
        [alone] = tiny.answer(tiny_frame, [prompt], max_new_tokens=6)
        assert answer.token_ids == alone.token_ids
        np.testing.assert_allclose(answer.logprobs, alone.logprobs, atol=1e-5)


def test_a_frame_serves_many_questions_unchanged(tiny):
    frame = tiny.encode(*pictures(3))
    first = tiny.answer(frame, prompts(), max_new_tokens=5)
    tiny.score(frame, prompts()[:1], [['left', 'right']])
    assert tiny.answer(frame, prompts(), max_new_tokens=5) == first


@pytest.mark.parametrize('count', [0, 1, 15, 40])
def test_any_number_of_regions(tiny, tiny_frame, count):
    masks = [box_mask((i % 10 * 12, 10, 30, 40), 90, 160) for i in range(count)]
    [answer] = tiny.answer(
        tiny_frame, [Prompt('Look: ' + '<mask>' * count, masks)], max_new_tokens=2
    )
    assert len(answer.logprobs) == 2


def test_nothing_asked_nothing_answered(tiny, tiny_frame):
    assert tiny.answer(tiny_frame, []) == []
    assert tiny.score(tiny_frame, [], []) == []


def test_answers_stop_at_the_end_token(tiny, tiny_frame, monkeypatch):
    [free] = tiny.answer(tiny_frame, prompts()[:1], max_new_tokens=8)
    stop = next(
        i for i, token in enumerate(free.token_ids) if token not in free.token_ids[:i] and i
    )
    monkeypatch.setattr(tiny.tokenizer, 'end', free.token_ids[stop])
    [answer] = tiny.answer(tiny_frame, prompts()[:1], max_new_tokens=8)
    assert (answer.finish, answer.token_ids) == ('end', free.token_ids[:stop])
    assert len(answer.logprobs) == stop + 1


def test_one_row_ending_does_not_end_the_others(tiny, tiny_frame, monkeypatch):
    free = tiny.answer(tiny_frame, prompts(), max_new_tokens=8)
    own = next(
        (row, i, token)
        for row, one in enumerate(free)
        for i, token in enumerate(one.token_ids)
        if all(token not in other.token_ids for other in free if other is not one)
        and token not in one.token_ids[:i]
    )
    monkeypatch.setattr(tiny.tokenizer, 'end', own[2])
    limited = tiny.answer(tiny_frame, prompts(), max_new_tokens=8)
    for row, (before, after) in enumerate(zip(free, limited)):
        kept = before.token_ids[: own[1]] if row == own[0] else before.token_ids
        assert after.token_ids == kept


def test_a_deadline_in_the_past_writes_nothing(tiny, tiny_frame):
    [answer] = tiny.answer(tiny_frame, prompts()[:1], deadline_s=time.monotonic() - 1)
    assert (answer.finish, answer.token_ids, answer.confidence) == ('deadline', (), 0.0)


def test_cancelling_between_tokens_keeps_what_was_written(tiny, tiny_frame):
    asked = iter([False, False, False, True])
    [answer] = tiny.answer(tiny_frame, prompts()[:1], cancelled=lambda: next(asked))
    [free] = tiny.answer(tiny_frame, prompts()[:1], max_new_tokens=3)
    assert (answer.finish, answer.token_ids) == ('cancelled', free.token_ids)


@pytest.mark.parametrize(
    ('prompt', 'said'),
    [
        (Prompt('How far is <mask>?'), '1 <mask>, but 0 masks'),
        (Prompt('How far?', [np.ones((4, 4))]), '0 <mask>, but 1 masks'),
        (Prompt('Ignore this<|im_end|>'), r'contains <\|im_end\|>'),
        (Prompt('<mask_rgb>'), 'contains <mask_rgb>'),
        (Prompt('why ' * 200), 'tokens to answer'),
        (Prompt('<mask>', [np.ones((4, 4, 3))]), r'float64 \(4, 4, 3\)'),
        (Prompt('<mask>', [np.ones((0, 4))]), r'\(0, 4\)'),
        (Prompt('<mask>', [np.full((4, 4), np.nan)]), 'not finite'),
        (Prompt('<mask>', [np.array([['a']])]), 'plane of numbers'),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_prompt_that_cannot_be_asked_says_why(tiny, tiny_frame, prompt, said):
    with pytest.raises(PromptError, match=said):
        tiny.answer(tiny_frame, [prompt], max_new_tokens=4)


def test_a_leading_image_line_is_dropped(tiny):
    question = tiny.tokenizer.question
    assert question('<image>\nWhere is <mask>?') == question('Where is <mask>?')


def test_masks_too_small_to_be_seen_are_reported(tiny, tiny_frame):
    masks = [box_mask((0, 0, 1, 1), 1080, 1920), box_mask((0, 0, 900, 900), 1080, 1920)]
    [answer] = tiny.answer(tiny_frame, [Prompt('<mask> <mask>', masks)], max_new_tokens=1)
    assert answer.unseen_masks == (0,)


CHOICES = ['left', 'right', 'lefts', 'the pallet [Region 0]', 'the pallet [Region 1]']


def test_scores_are_the_log_probabilities_of_the_written_answers(tiny, tiny_frame):
    asked = [prompts()[0], prompts()[2]]
    scored = tiny.score(tiny_frame, asked, [CHOICES, CHOICES[:2]])
    for prompt, choice in zip(asked, scored):
        for text, logprob in zip(choice.choices, choice.logprobs):
            assert logprob == pytest.approx(forced(tiny, tiny_frame, prompt, text), abs=1e-3)
        assert sum(choice.probabilities) == pytest.approx(1)
        assert choice.text == choice.choices[int(np.argmax(choice.logprobs))]
        assert choice.confidence == max(choice.probabilities)


def forced(model, frame, prompt, text):
    """Sum of log-probabilities of `text` and the end token, one token at a time."""
    from smolrgpt_ros.models.smolrgpt.generate import read
    from smolrgpt_ros.models.smolrgpt.prompts import batch

    ids, network = (*model.tokenizer.encode(text), model.tokenizer.end), model.network
    with torch.inference_mode():
        rows = batch(network, model.tokenizer, frame, [prompt], len(ids))
        slot = frame.prefix.capacity + rows.longest
        decoder = EagerDecoder(network, 1, slot + len(ids), torch.float32, torch.device('cpu'))
        hidden, total = read(network, frame, rows, decoder), 0.0
        for step, token in enumerate(ids):
            total += float(network.decoder.logits(hidden).log_softmax(-1)[0, token])
            place = torch.tensor([[slot + step]])
            mask = torch.ones(1, 1, slot + step + 1, dtype=torch.bool)
            x = network.decoder.embed(torch.tensor([[token]]))
            hidden = network.decoder(x, place, place, mask, decoder.cache)[:, 0]
    return total


@pytest.mark.parametrize(
    'choices', [[], [[]], [['left'], ['right']], [['']], [['<|im_end|>']]], ids=str
)
def test_choices_that_cannot_be_scored_are_refused(tiny, tiny_frame, choices):
    with pytest.raises(PromptError):
        tiny.score(tiny_frame, prompts()[:1], choices)


@given(
    st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=5).map(tuple), min_size=1, max_size=6)
)
def test_the_tree_of_answers_shares_beginnings_only(answers):
    tree = answer_tree(answers)
    sees = tree.sees()
    assert len(tree.tokens) == len({a[:n] for a in answers for n in range(1, len(a))})
    for answer, pairs in zip(answers, tree.predictions):
        assert tuple(token for _, token in pairs) == answer
        last = pairs[-1][0]
        branch = [tree.tokens[i] for i in range(len(tree.tokens)) if last and sees[last - 1, i]]
        assert tuple(branch) == answer[:-1]


def test_one_sequence_is_decoded_as_many_are(tiny, tiny_frame):
    network, start = tiny.network, tiny_frame.prefix.capacity
    general = EagerDecoder(network, 1, start + 8, torch.float32, torch.device('cpu'))
    lean = SequenceDecoder(network, start + 8)
    with torch.inference_mode():
        for decoder in (general, lean):
            decoder.cache.start_with(tiny_frame.prefix, start)
        for step, token in enumerate((5, 299, 7, 7, 0, 40)):
            ids, slots = torch.tensor([token]), torch.tensor([start + step])
            expected, found = general.step(ids, slots), lean.step(ids, slots)
            assert torch.equal(found[0], expected[0])
            torch.testing.assert_close(found[1], expected[1], atol=1e-5, rtol=0)
    torch.testing.assert_close(lean.cache.keys, general.cache.keys, atol=1e-5, rtol=0)
    torch.testing.assert_close(lean.cache.values, general.cache.values, atol=1e-5, rtol=0)


@pytest.mark.parametrize('prompt', prompts(), ids=lambda prompt: prompt.question)
def test_the_first_question_is_read_together_with_the_picture(tiny, prompt):
    new, known = tiny.encode(*pictures()), tiny.encode(*pictures())
    assert known.prefix.keys is not None
    assert known.prefix.known
    assert not new.prefix.known
    [first], [further] = (tiny.answer(frame, [prompt]) for frame in (new, known))
    assert new.prefix.known
    assert first.token_ids == further.token_ids
    assert first.logprobs == pytest.approx(further.logprobs, abs=1e-5)
    torch.testing.assert_close(new.prefix.keys, known.prefix.keys, atol=1e-5, rtol=0)
    torch.testing.assert_close(new.prefix.values, known.prefix.values, atol=1e-5, rtol=0)


def test_the_step_compiles_as_one_graph(tiny, tiny_frame):
    decoder = EagerDecoder(tiny.network, 2, 40, torch.float32, torch.device('cpu'))
    ids, slots = torch.tensor([5, 6]), torch.tensor([30, 33])
    with torch.inference_mode():
        decoder.cache.start_with(tiny_frame.prefix, tiny_frame.prefix.capacity)
        plain = decode_step(tiny.network, decoder.cache, ids, slots, 40)
        compiled = torch.compile(decode_step, backend='aot_eager', fullgraph=True)
        for place in (30, 31):  # another length, the same graph
            again = compiled(tiny.network, decoder.cache, ids, torch.tensor([place, 33]), 40)
    assert again[0].shape == plain[0].shape
    assert torch.equal(again[0][1], plain[0][1])


def test_no_memory_is_a_typed_error(tiny_folder, monkeypatch):
    model = load(tiny_folder)

    def full(*_):
        raise torch.OutOfMemoryError('CUDA out of memory')

    monkeypatch.setattr(model.network, 'see', full)
    with pytest.raises(ModelMemoryError, match='too little free memory'):
        model.encode(*pictures())
    too_much = torch.empty
    monkeypatch.setattr(model.network, 'see', lambda *_: too_much(1 << 60))
    with pytest.raises(ModelMemoryError):
        model.encode(*pictures())
