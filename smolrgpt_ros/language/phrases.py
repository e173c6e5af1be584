# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Noun phrases: the words of a question that mean objects, found in one pass over its tokens."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from smolrgpt_ros.language import lexicon
from smolrgpt_ros.language.tokens import Token, singular

# What may stand between a noun and its masks: 'pallets in <mask>', 'shelves marked by <mask>'.
_MASK_OPENERS = frozenset(
    {
        'in',
        'among',
        'within',
        'at',
        'from',
        'of',
        'inside',
        'with',
        'by',
        'as',
        ':',
        '(',
        '[',
        'marked',
        'denoted',
        'labelled',
        'labeled',
        'shown',
        'indicated',
        'identified',
        'represented',
        'highlighted',
        'listed',
        'specified',
        'given',
        'the',
        'located',
        'are',
        'is',
        'following',
        'defined',
        'mask',
        'masks',
        'region',
        'regions',
        'set',
        'covered',
        'outlined',
        'provided',
        'namely',
        'being',
        'option',
        'options',
        'candidates',
    }
)
_PARTICIPLES = frozenset(
    {
        'marked',
        'denoted',
        'labelled',
        'labeled',
        'indicated',
        'identified',
        'represented',
        'highlighted',
        'given',
        'listed',
        'specified',
        'shown',
        'defined',
        'outlined',
        'covered',
        'provided',
        'located',
        'namely',
    }
)
_LONGEST_UNKNOWN_NOUN = 3
# Words before a noun; a bound keeps reading linear in text that only repeats 'the'.
_MOST_MODIFIERS = 10


@dataclass
class Phrase:
    """A noun phrase while the grammar works on it.

    Attributes:
        first, last: tokens [first, last) it spans.
        noun: head noun as written, singular; class_id: what it means.
        masks: positions among the question's masks.
        via: preposition before the masks ('in' in 'pallets in <mask>'), '' where they follow the
            noun directly.
        joined: masks were joined by 'and' ('<mask> and <mask>').
        asked: opened by 'which', 'what' or 'how many'.
        side: bare 'left' or 'right' behind the noun ('the buffer on the left').
    """

    first: int
    last: int
    noun: str = ''
    class_id: str = ''
    plural: bool = False
    superlative: str = ''
    ordinal: int = 0
    attribute: str = ''
    object_id: str = ''
    viewer: bool = False
    masks: list[int] = field(default_factory=list)
    via: str = ''
    joined: bool = False
    asked: str = ''
    side_behind: bool = False
    described: bool = False
    relation: tuple[str, Phrase] | None = None
    pools: list[Phrase] = field(default_factory=list)

    @property
    def pool(self) -> bool:
        """True for an enumeration to choose from: 'the pallets <mask> <mask>'."""
        return bool(self.masks) and not self.superlative and (self.plural or len(self.masks) > 1)

    @property
    def definite(self) -> bool:
        """True where the words alone pick one."""
        return bool(self.superlative or self.object_id or self.viewer or self.relation)


def find_phrases(
    tokens: Sequence[Token], *, mask_openers: Collection[str] = _MASK_OPENERS, loose: bool = False
) -> list[Phrase]:
    """All noun phrases, in order.

    Args:
        mask_openers: words that may stand between a noun and its masks.
        loose: take a word that is in no table for a noun even without an article.
    """
    phrases = []
    index = 0
    while index < len(tokens):
        phrase = _Reader(tokens, index, mask_openers, loose).read()
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


class _Reader:
    """Reads the phrase that starts at one token, if any does."""

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

    def read(self) -> Phrase | None:
        self._modifiers()
        self._head()
        phrase = self.phrase
        if (
            self.headless
            and not (phrase.superlative and self.determined)
            and self._kind(0) != 'mask'
        ):
            return None
        self._behind()
        self._masks()
        self._behind()
        if self.headless and not phrase.masks and not phrase.superlative:
            return None
        phrase.last = self.at
        return phrase

    def _kind(self, offset: int) -> str:
        index = self.at + offset
        return self.tokens[index].kind if index < len(self.tokens) else ''

    def _text(self, offset: int) -> str:
        index = self.at + offset
        return self.tokens[index].text if index < len(self.tokens) else ''

    def _modifiers(self) -> None:
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
            elif token.kind == 'side' and self._noun_ahead(1) and self._text(1) != 'of':
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
            kind = self._kind(step)
            if kind in ('noun', 'nouns', 'id', 'unknown'):
                return True
            if kind not in ('neutral', 'superlative', 'attribute', 'ordinal') and self._text(
                step
            ) not in ('side', 'hand'):
                return False
        return False

    def _head(self) -> None:
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
        if token.text == '#' and self._kind(1) in ('number', 'id'):
            phrase.object_id = self.tokens[self.at + 1].value
            self.headless = False
            self.at += 2
            return
        words: list[Token] = []
        while (
            self._kind(0) == 'unknown'
            and len(words) < _LONGEST_UNKNOWN_NOUN
            and (self.determined or self.loose or phrase.superlative or words)
        ):
            words.append(self.tokens[self.at])
            self.at += 1
        nouns: list[Token] = []
        while self._kind(0) in ('noun', 'nouns') and not (
            nouns and self._text(0) in ('one', 'ones')
        ):
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
        while self._kind(0) in ('noun', 'nouns') and self._text(0) != 'one':
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
        while self._text(skip) in ('#', 'number', 'no', '.', 'id', 'with') and skip < 4:
            skip += 1
        if self._text(skip) == 'id':
            skip += 1
        kind, text = self._kind(skip), self._text(skip)
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

    def _behind(self) -> None:
        """'on the left', 'from the left', 'that is leftmost'.

        Not 'on the left of X', which relates two objects.
        """
        offset = 0
        while self._text(offset) in (
            'on',
            'at',
            'to',
            'in',
            'the',
            'your',
            'my',
            'from',
            'located',
            'that',
            'is',
            'positioned',
            'situated',
            'far',
            'extreme',
            'standing',
            'which',
            'lying',
            'counting',
            'starting',
            'very',
        ):
            offset += 1
            if offset > 6:
                return
        words = [self._text(step) for step in range(offset)]
        kind = self._kind(offset)
        if self.phrase.superlative and not self.phrase.ordinal:
            return
        if (
            kind == 'side'
            and offset
            and self._text(offset + 1) not in ('of', 'or', 'side', '/')
            and not (self._text(offset + 1) == 'and' and self._kind(offset + 2) == 'side')
        ):
            if not {'on', 'at', 'to', 'in', 'from'} & set(words) or 'my' in words:
                return
            following = self._kind(offset + 1)
            if following in ('noun', 'nouns', 'neutral', 'attribute', 'unknown'):
                return  # 'from the left buffer'
            another = following in ('determiner', 'id', 'mask') and 'from' not in words
            if another and self._text(offset + 1) not in ('which', 'what', 'that'):
                return
            if self.phrase.ordinal and 'from' not in words and 'on' not in words:
                return
            self.phrase.superlative = f'{self.tokens[self.at + offset].value}most'
            self.phrase.side_behind = True
            self.at += offset + 1
        elif (
            kind == 'superlative'
            and words[:1] in (['in'], ['at'])
            and self._text(offset + 1) not in ('of', 'between')
        ):
            value = self.tokens[self.at + offset].value
            if value not in ('leftmost', 'rightmost', 'middle') or self._kind(offset + 1) in (
                'noun',
                'nouns',
            ):
                return
            self.phrase.superlative = value
            self.at += offset + 1
            if self._text(0) == 'position':
                self.at += 1

    def _masks(self) -> None:
        phrase = self.phrase
        offset = 0
        if not self.headless:
            while (
                self._text(offset) in self.openers and offset < 5 and self._kind(offset) != 'mask'
            ):
                offset += 1
            if offset and self._kind(offset) != 'mask':
                return
        if self._kind(offset) != 'mask':
            return
        opened = [self._text(step) for step in range(offset)]
        if opened and opened[0] in ('are', 'is') and not _PARTICIPLES & set(opened):
            return  # 'which pallets are <mask>' asks, it does not enumerate
        phrase.via = next((word for word in opened if word not in ('the', ':', '(', '[')), '')
        if phrase.via in _PARTICIPLES:
            phrase.via = ''
        self.at += offset
        self._mask_run()
        if opened and opened[-1] in ('(', '[') and self._text(0) in (')', ']'):
            self.at += 1

    def _mask_run(self) -> None:
        while self._kind(0) == 'mask':
            self.phrase.masks.append(int(self.tokens[self.at].number))
            self.at += 1
            offset = 0
            while self._text(offset) in (',', 'and', '&', ';', 'or') and offset < 2:
                offset += 1
            if offset and self._kind(offset) == 'mask':
                self.phrase.joined = self.phrase.joined or self._text(offset - 1) in (
                    'and',
                    'or',
                    '&',
                )
                self.at += offset
