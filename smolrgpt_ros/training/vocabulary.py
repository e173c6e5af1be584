# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A tokenizer of the data's own words, for networks that start from nothing.

Like SmolLM2's it is byte-level BPE with single digits, so that nothing is unknown and a number is
read digit by digit. A vocabulary of a thousand entries keeps a small network's embedding small.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from smolrgpt_ros.training.data.pictures import Pictures

from .errors import SettingsError
from .state import written_whole

SPECIALS = ('<|endoftext|>', '<|im_start|>', '<|im_end|>')
_SMALLEST = 256 + len(SPECIALS)


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
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        show_progress=False,
        special_tokens=[AddedToken(text, special=True) for text in SPECIALS],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
    )
    tokenizer.train_from_iterator(texts, trainer)
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
                yield question.text.replace('<mask>', '')
                yield question.answer
