# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A tokenised question with its phrases, and the error where it has no meaning."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from smolrgpt_ros.language.answer import Failure, QuestionError, Reason
from smolrgpt_ros.language.phrase import Phrase
from smolrgpt_ros.language.token import Token

EXAMPLES = (
    "'is pallet_3 left of the transporter?', 'which pallet is closest to the empty transporter?', "
    "'how far is the nearest pallet from me?', 'how many pallets are in the leftmost buffer?', "
    "'where is pallet_2?', 'what is between the shelf and transporter_1?', "
    "'is there room of 1.2 m left of the rack?', 'what is within 3 m of buffer_2?'"
)


@dataclass(frozen=True)
class Sentence:
    """A tokenised question with its phrases."""

    text: str
    tokens: tuple[Token, ...]
    phrases: tuple[Phrase, ...]

    def words(self) -> frozenset[str]:
        """All words, and what they stand for."""
        return self._words

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(token.text for token in self.tokens) | frozenset(
            token.value for token in self.tokens
        )

    def between(self, left: Phrase, right: Phrase) -> tuple[Token, ...]:
        """Tokens from the end of one phrase to the start of another."""
        return self.tokens[left.last : right.first]

    def bare(self) -> list[tuple[int, Token]]:
        """Tokens (with their index) that are part of no phrase."""
        return self._bare

    @cached_property
    def _bare(self) -> list[tuple[int, Token]]:
        inside = {index for phrase in self.phrases for index in range(phrase.first, phrase.last)}
        return [(index, token) for index, token in enumerate(self.tokens) if index not in inside]

    def after(self, index: int) -> Phrase | None:
        """The first phrase that starts at or after a token."""
        return next((phrase for phrase in self.phrases if phrase.first >= index), None)

    def before(self, index: int) -> Phrase | None:
        """The last phrase that ends at or before a token."""
        return next((phrase for phrase in reversed(self.phrases) if phrase.last <= index), None)


def not_understood(message: str) -> QuestionError:
    """The error for a question that has no meaning here, with what can be asked."""
    return QuestionError(Failure(Reason.NOT_UNDERSTOOD, f'{message}; try for example {EXAMPLES}'))
