# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A tokenizer of the data's own words, for networks that start from nothing.

Like SmolLM2's it is byte-level BPE with single digits, so that nothing is unknown and a number is
read digit by digit. A vocabulary of a thousand entries keeps a small network's embedding small.
Unlike SmolLM2's, entries may reach across words (SuperBPE, Liu et al. 2025): people ask in few
turns of phrase, and a question of 25 tokens instead of 45 costs half as much to learn and answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from smolrgpt_ros.training.data.pictures import MASK_TOKEN, Pictures

from .errors import SettingsError
from .state import written_whole

SPECIALS = ('<|endoftext|>', '<|im_start|>', '<|im_end|>')
_SMALLEST = 256 + len(SPECIALS)
#: words of every prompt, as often as it takes to make each one entry
_PROMPT = ('user\n', 'assistant\n') * 1000
#: characters of an entry at most: half a sentence is a phrase, a whole one would be a question
_LONGEST = 32


def train_tokenizer(texts: Iterable[str], size: int, path: Path) -> Path:
    """Write a `tokenizer.json` of exactly `size` entries, learnt from `texts`, to `path`.

    The same texts give the same file. Raises `SettingsError` for a size that cannot hold all bytes.
    """
    if size < _SMALLEST:
        raise SettingsError(f'a vocabulary of {size} cannot hold {_SMALLEST} bytes and marks')
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        show_progress=False,
        special_tokens=[AddedToken(text, special=True) for text in SPECIALS],
        max_token_length=_LONGEST,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
    )
    tokenizer.train_from_iterator(chain(texts, _PROMPT), trainer)
    # Few words give few entries; the rest stands unused, so that the tokens of pictures and regions
    # follow the whole base vocabulary.
    missing = size - tokenizer.get_vocab_size()
    tokenizer.add_special_tokens(
        [AddedToken(f'<|unused_{number}|>', special=True) for number in range(missing)]
    )
    return written_whole(path, lambda part: tokenizer.save(str(part)))


def texts_of(pictures: Iterable[Pictures], count: int) -> Iterator[str]:
    """Questions and answers of the first `count` pictures of each source that can be used."""
    for source in pictures:
        for number in range(min(count, len(source))):
            try:
                picture = source.picture(number)
            except (ValueError, OSError):
                continue
            for question in picture.questions:
                yield from question.text.split(MASK_TOKEN)
                yield question.answer
