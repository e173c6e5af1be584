# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Reads a noun and the words before it: 'the second empty pallet', 'pallet no. 3'."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from smolrgpt_ros.language import lexicon
from smolrgpt_ros.language.phrase import Phrase
from smolrgpt_ros.language.token import Token
from smolrgpt_ros.language.words import singular

_LONGEST_UNKNOWN_NOUN = 3
# Words before a noun; a bound keeps reading linear in text that only repeats 'the'.
_MOST_MODIFIERS = 10


class HeadReader:
    """A place among tokens, and what was read from there so far."""

    def __init__(
        self, tokens: Sequence[Token], first: int, mask_openers: Collection[str], loose: bool
    ):
        self.tokens = tokens
        self.at = self.start = first
        self.openers = mask_openers
        self.loose = loose
        self.phrase = Phrase(first, first)
        self.determined = False
        self.headless = True

    def kind(self, offset: int) -> str:
        """Kind of the token at an offset from here, '' behind the end."""
        index = self.at + offset
        return self.tokens[index].kind if index < len(self.tokens) else ''

    def text(self, offset: int) -> str:
        """Text of the token at an offset from here, '' behind the end."""
        index = self.at + offset
        return self.tokens[index].text if index < len(self.tokens) else ''

    def read_modifiers(self) -> None:
        """Everything before the noun."""
        phrase = self.phrase
        while self.at < min(len(self.tokens), self.phrase.first + _MOST_MODIFIERS):
            token = self.tokens[self.at]
            if token.kind == 'determiner' or token.text == 'howmany':
                if not self.determined and not phrase.superlative and not phrase.attribute:
                    phrase.first = self.at
                if phrase.first - self.start > _MOST_MODIFIERS:
                    return
                self.determined = True
                if token.text in ('which', 'what', 'howmany', 'any'):
                    phrase.asked = token.text
                if token.text in ('all', 'both', 'these', 'those', 'many', 'howmany'):
                    phrase.plural = True
            elif token.kind == 'neutral':
                pass
            elif token.kind == 'superlative':
                if phrase.superlative and phrase.superlative != token.value:
                    return
                if phrase.ordinal == 0 and not self._noun_ahead(1) and not self.determined:
                    return
                phrase.superlative = token.value
            elif token.kind == 'ordinal':
                phrase.ordinal = int(token.value)
            elif token.kind == 'attribute':
                phrase.attribute = token.value
            elif token.kind == 'number' and self._noun_ahead(1) and token.text != 'one':
                phrase.plural = token.number != 1
            elif token.kind == 'side' and self._noun_ahead(1) and self.text(1) != 'of':
                phrase.superlative = f'{token.value}most'
            elif (
                token.text in ('side', 'hand')
                and self.at > 0
                and self.tokens[self.at - 1].kind == 'side'
            ):
                pass
            else:
                return
            self.at += 1

    def _noun_ahead(self, offset: int) -> bool:
        """True where a noun follows.

        With nothing between but words that may stand before a noun.
        """
        for step in range(offset, offset + 5):
            kind = self.kind(step)
            if kind in ('noun', 'nouns', 'id', 'unknown'):
                return True
            if kind not in ('neutral', 'superlative', 'attribute', 'ordinal') and self.text(
                step
            ) not in ('side', 'hand'):
                return False
        return False

    def read_head(self) -> None:
        """The noun or id itself."""
        phrase = self.phrase
        if self.at >= len(self.tokens):
            return
        token = self.tokens[self.at]
        if token.kind == 'viewer':
            phrase.viewer, self.headless = True, False
            self.at += 1
            return
        if token.kind == 'id':
            self._take_id(token)
            return
        if token.text == '#' and self.kind(1) in ('number', 'id'):
            phrase.object_id = self.tokens[self.at + 1].value
            self.headless = False
            self.at += 2
            return
        words: list[Token] = []
        while (
            self.kind(0) == 'unknown'
            and len(words) < _LONGEST_UNKNOWN_NOUN
            and (self.determined or self.loose or phrase.superlative or words)
        ):
            words.append(self.tokens[self.at])
            self.at += 1
        nouns: list[Token] = []
        while self.kind(0) in ('noun', 'nouns') and not (nouns and self.text(0) in ('one', 'ones')):
            nouns.append(self.tokens[self.at])
            self.at += 1
        if self.phrase.asked == 'howmany' and words and not nouns:
            phrase.plural = True
        self._take_nouns(words, nouns)
        if not self.headless:
            self._number()

    def _take_id(self, token: Token) -> None:
        self.phrase.object_id = token.value
        self.headless = False
        self.at += 1
        while self.kind(0) in ('noun', 'nouns') and self.text(0) != 'one':
            self.at += 1  # 'the buffer_2 area'

    def _take_nouns(self, words: list[Token], nouns: list[Token]) -> None:
        phrase = self.phrase
        if not words and not nouns:
            return
        self.headless = False
        plural = (nouns or words)[-1].kind == 'nouns'
        if nouns:
            named = [token for token in nouns if lexicon.CLASS_WORDS.get(token.value, token.value)]
            head = (named or nouns)[-1]
            if named and named[0].value == 'buffer':
                head = named[0]  # 'buffer zone', 'buffer rack'
            phrase.noun = head.value
            phrase.class_id = lexicon.CLASS_WORDS.get(head.value, head.value)
        else:
            last = words[-1].text
            plural = singular(last) != last
            phrase.noun = phrase.class_id = singular(last)
        prefix = ' '.join(token.text for token in (words if nouns else words[:-1]))
        if prefix:
            # 'the euro pallet': a class of that name, or the pallet if there is but one
            phrase.noun = phrase.class_id = f'{prefix} {phrase.noun}'
            phrase.described = bool(nouns)
        phrase.plural = phrase.plural or plural
        if phrase.noun in ('anything', 'something', 'everything'):
            phrase.asked = phrase.asked or 'any'
            phrase.plural = True

    def _number(self) -> None:
        """'pallet 3', 'pallet #3', 'pallet no. 3', 'region [3]'."""
        skip = 0
        while self.text(skip) in ('#', 'number', 'no', '.', 'id', 'with') and skip < 4:
            skip += 1
        if self.text(skip) == 'id':
            skip += 1
        kind, text = self.kind(skip), self.text(skip)
        if self.phrase.noun == '' or (skip and kind not in ('number', 'id')):
            return
        if kind == 'id' and skip:
            self.phrase.object_id = self.tokens[self.at + skip].value
            self.at += skip + 1
        elif kind == 'id' and not self.phrase.plural:
            self.phrase.object_id = self.tokens[self.at].value  # 'the pallet obj-17'
            self.at += 1
        elif (
            kind == 'number'
            and (text.isdigit() or text in lexicon.NUMBER_WORDS)
            and not self.phrase.plural
        ):
            if text == 'one' and not skip:
                return
            digits = str(int(self.tokens[self.at + skip].number))
            self.phrase.object_id = f'{self.phrase.noun.replace(" ", "_")}_{digits}'
            self.at += skip + 1
