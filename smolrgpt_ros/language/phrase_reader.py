# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: SIM905 - words are easier to read and to add to in running lines
"""Reads one noun phrase: its noun, what is said behind it, its masks."""

from __future__ import annotations

from smolrgpt_ros.language.phrase import Phrase
from smolrgpt_ros.language.phrase_head import HeadReader

# What may stand between a noun and its masks: 'pallets in <mask>', 'shelves marked by <mask>'.
MASK_OPENERS = frozenset(
    """
    in among within at from of inside with by as : ( [ marked denoted labelled labeled shown
    indicated identified represented highlighted listed specified given the located are is
    following defined mask masks region regions set covered outlined provided namely being option
    options candidates
    """.split()
)

_PARTICIPLES = frozenset(
    """
    marked denoted labelled labeled indicated identified represented highlighted given listed
    specified shown defined outlined covered provided located namely
    """.split()
)

# What may stand between a noun and the side behind it: 'that is located on the', 'from the'.
_BEHIND = frozenset(
    """
    on at to in the your my from located that is positioned situated far extreme standing which
    lying counting starting very
    """.split()
)


class PhraseReader(HeadReader):
    """Reads the phrase that starts at one token, if any does."""

    def read(self) -> Phrase | None:
        """The phrase, None where none starts here."""
        self.read_modifiers()
        self.read_head()
        phrase = self.phrase
        if (
            self.headless
            and not (phrase.superlative and self.determined)
            and self.kind(0) != 'mask'
        ):
            return None
        self._behind()
        self._masks()
        self._behind()
        if self.headless and not phrase.masks and not phrase.superlative:
            return None
        phrase.last = self.at
        return phrase

    def _behind(self) -> None:
        """'on the left', 'from the left', 'that is leftmost'.

        Not 'on the left of X', which relates two objects.
        """
        offset = 0
        while self.text(offset) in _BEHIND:
            offset += 1
            if offset > 6:
                return
        words = [self.text(step) for step in range(offset)]
        kind = self.kind(offset)
        if self.phrase.superlative and not self.phrase.ordinal:
            return
        if (
            kind == 'side'
            and offset
            and self.text(offset + 1) not in ('of', 'or', 'side', '/')
            and not (self.text(offset + 1) == 'and' and self.kind(offset + 2) == 'side')
        ):
            if not {'on', 'at', 'to', 'in', 'from'} & set(words) or 'my' in words:
                return
            following = self.kind(offset + 1)
            if following in ('noun', 'nouns', 'neutral', 'attribute', 'unknown'):
                return  # 'from the left buffer'
            another = following in ('determiner', 'id', 'mask') and 'from' not in words
            if another and self.text(offset + 1) not in ('which', 'what', 'that'):
                return
            if self.phrase.ordinal and 'from' not in words and 'on' not in words:
                return
            self.phrase.superlative = f'{self.tokens[self.at + offset].value}most'
            self.phrase.side_behind = True
            self.at += offset + 1
        elif (
            kind == 'superlative'
            and words[:1] in (['in'], ['at'])
            and self.text(offset + 1) not in ('of', 'between')
        ):
            value = self.tokens[self.at + offset].value
            if value not in ('leftmost', 'rightmost', 'middle') or self.kind(offset + 1) in (
                'noun',
                'nouns',
            ):
                return
            self.phrase.superlative = value
            self.at += offset + 1
            if self.text(0) == 'position':
                self.at += 1

    def _masks(self) -> None:
        phrase = self.phrase
        offset = 0
        if not self.headless:
            while self.text(offset) in self.openers and offset < 5 and self.kind(offset) != 'mask':
                offset += 1
            if offset and self.kind(offset) != 'mask':
                return
        if self.kind(offset) != 'mask':
            return
        opened = [self.text(step) for step in range(offset)]
        if opened and opened[0] in ('are', 'is') and not _PARTICIPLES & set(opened):
            return  # 'which pallets are <mask>' asks, it does not enumerate
        phrase.via = next((word for word in opened if word not in ('the', ':', '(', '[')), '')
        if phrase.via in _PARTICIPLES:
            phrase.via = ''
        self.at += offset
        self._mask_run()
        if opened and opened[-1] in ('(', '[') and self.text(0) in (')', ']'):
            self.at += 1

    def _mask_run(self) -> None:
        while self.kind(0) == 'mask':
            self.phrase.masks.append(int(self.tokens[self.at].number))
            self.at += 1
            offset = 0
            while self.text(offset) in (',', 'and', '&', ';', 'or') and offset < 2:
                offset += 1
            if offset and self.kind(offset) == 'mask':
                self.phrase.joined = self.phrase.joined or self.text(offset - 1) in (
                    'and',
                    'or',
                    '&',
                )
                self.at += offset
