# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Noun phrases: the words of a question that mean objects, found in one pass over its tokens."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from smolrgpt_ros.language.phrase import Phrase
from smolrgpt_ros.language.phrase_reader import MASK_OPENERS, PhraseReader
from smolrgpt_ros.language.token import Token


def find_phrases(
    tokens: Sequence[Token], *, mask_openers: Collection[str] = MASK_OPENERS, loose: bool = False
) -> list[Phrase]:
    """All noun phrases, in order.

    Args:
        mask_openers: words that may stand between a noun and its masks.
        loose: take a word that is in no table for a noun even without an article.
    """
    phrases = []
    index = 0
    while index < len(tokens):
        phrase = PhraseReader(tokens, index, mask_openers, loose).read()
        if phrase is None:
            index += 1
        else:
            phrases.append(phrase)
            index = phrase.last
    return _named_behind(tokens, phrases)


def _named_behind(tokens: Sequence[Token], phrases: list[Phrase]) -> list[Phrase]:
    """'<mask> <mask> as buffer regions': the noun behind names the masks."""
    named: list[Phrase] = []
    for phrase in phrases:
        before = named[-1] if named else None
        if (
            before is not None
            and before.masks
            and not before.noun
            and not phrase.masks
            and phrase.class_id
            and not phrase.superlative
            and [token.text for token in tokens[before.last : phrase.first]]
            in (
                ['as'],
                ['being'],
                ['representing'],
                ['denoting'],
                ['for'],
            )
            and phrase.plural
        ):
            before.noun, before.class_id, before.plural = phrase.noun, phrase.class_id, True
            before.last = phrase.last
        else:
            named.append(phrase)
    return named
