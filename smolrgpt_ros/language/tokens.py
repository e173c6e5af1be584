# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: SIM905 - words are easier to read and to add to in running lines
"""From characters to tagged words, in passes that are linear in the text."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from smolrgpt_ros.language import lexicon
from smolrgpt_ros.language.expressions import LONGEST_FROM, TAGS
from smolrgpt_ros.language.known_ids import id_spans, numbers_that_are_ids
from smolrgpt_ros.language.quantities import merge_quantities
from smolrgpt_ros.language.sides import merge_sides
from smolrgpt_ros.language.token import Token
from smolrgpt_ros.language.viewpoints import without_viewpoints
from smolrgpt_ros.language.words import is_known_word, singular, split_words

_PIECE = re.compile(
    r'(?P<mask><[ ]{0,3}mask[ ]{0,3}>)|(?P<image><[ ]{0,3}image[ ]{0,3}>)'
    r'|(?P<number>\d{1,9}(?:[.,]\d{1,6})?)|(?P<word>[^\W\d_]+)|(?P<punct>[^\s])',
    re.IGNORECASE,
)


def tokenize(
    text: str, known_ids: Sequence[str] = (), known_nouns: Collection[str] = ()
) -> list[Token]:
    """Tagged tokens of a normalised text.

    Args:
        known_ids: ids of the scene, found in any spelling (see `id_key`).
        known_nouns: further nouns (class names of the scene), lower case and singular.
    """
    tokens = _raw_tokens(text, known_ids)
    tokens = _merge_expressions(tokens)
    tokens = [_tagged(token, known_nouns) for token in tokens]
    tokens = _without_courtesy(tokens)
    tokens = merge_quantities(tokens)
    tokens = numbers_that_are_ids(tokens, known_ids)
    tokens = without_viewpoints(tokens)
    return _without_slips(merge_sides(tokens))


def _raw_tokens(text: str, known_ids: Sequence[str]) -> list[Token]:
    spans = id_spans(text, known_ids)
    tokens: list[Token] = []
    masks = 0
    position = 0
    for start, end, object_id in [*spans, (len(text), len(text), '')]:
        for match in _PIECE.finditer(text, position, start):
            kind = match.lastgroup or 'punct'
            piece = match.group().lower()
            if kind == 'mask':
                tokens.append(Token('mask', piece, '', match.start(), match.end(), masks))
                masks += 1
            elif kind == 'number':
                value = _decimal(piece, text[match.end() : match.end() + 3])
                tokens.append(Token('number', piece, piece, match.start(), match.end(), value))
            elif kind == 'word':
                tokens.extend(split_words(piece, match.start(), match.end()))
            elif kind == 'punct' and piece in ',;:.?!()[]#-\'"&':
                tokens.append(Token('punct', piece, piece, match.start(), match.end()))
        if object_id:
            tokens.append(Token('id', text[start:end].lower(), object_id, start, end))
        position = end
    return tokens


def _decimal(piece: str, following: str) -> float:
    whole, comma, fraction = piece.partition(',')
    if comma and len(fraction) == 3 and following.strip().lower().startswith('mm'):
        return float(whole + fraction)  # '1,200 mm' groups thousands; '1,5 m' is a decimal comma
    return float(piece.replace(',', '.'))


# Behind these 'right' is a side; else 'right in' or 'right behind' only stresses what follows.
_BEFORE_A_SIDE = frozenset(
    {*lexicon.SUPERLATIVES, *'far further farther most extreme the to on or'.split()}
)


def _merge_expressions(tokens: list[Token]) -> list[Token]:
    merged: list[Token] = []
    index = 0
    tokens = [token for token in tokens if token.text not in ('-', "'")]
    while index < len(tokens):
        longest = LONGEST_FROM.get(tokens[index].text, 0)
        for count in range(min(longest, len(tokens) - index), 0, -1):
            run = tokens[index : index + count]
            tag = TAGS.get(tuple(token.text for token in run))
            if run[0].text == 'right' and merged and merged[-1].text in _BEFORE_A_SIDE:
                tag = None  # 'furthest right in the picture' is no 'right in'
            if tag is not None and all(token.kind == 'word' for token in run):
                text = tag[1] if tag[0] == 'word' else ' '.join(token.text for token in run)
                merged.append(Token(tag[0], text, tag[1], run[0].start, run[-1].end))
                index += count
                break
        else:
            merged.append(tokens[index])
            index += 1
    return merged


def _tagged(token: Token, known_nouns: Collection[str]) -> Token:
    if token.kind != 'word' or token.value != token.text:
        return token
    word = token.text
    base = singular(word)

    def tag(kind: str, value: str) -> Token:
        return Token(kind, word, value, token.start, token.end)

    if word in (
        'left',
        'right',
        'lefthand',
        'righthand',
        'leftward',
        'rightward',
        'leftwards',
        'rightwards',
    ):
        return tag('side', 'left' if word.startswith('left') else 'right')
    for kind, table in (
        ('superlative', lexicon.SUPERLATIVES),
        ('attribute', lexicon.ATTRIBUTES),
        ('ordinal', lexicon.ORDINALS),
    ):
        if word in table:
            return tag(kind, str(table[word]))
    if word in lexicon.VIEWER_WORDS:
        return tag('viewer', word)
    if word in lexicon.DETERMINERS:
        return tag('determiner', word)
    if base in known_nouns and base not in lexicon.FUNCTION_WORDS:
        return tag('noun' if base == word else 'nouns', base)
    if base in lexicon.CLASS_WORDS:
        return tag('noun' if base == word else 'nouns', base)
    if word in lexicon.NUMBER_WORDS:
        return Token('number', word, word, token.start, token.end, lexicon.NUMBER_WORDS[word])
    if word in lexicon.NEUTRAL_WORDS:
        return tag('neutral', word)
    return tag('word' if is_known_word(word) else 'unknown', word)


_PLACING = frozenset(
    """
    from to of than between and relative near around or towards by with vs
    """.split()
)

_TELLING = frozenset(
    """
    tell give show let help inform find get list for provide ask
    """.split()
)


def _without_courtesy(tokens: list[Token]) -> list[Token]:
    """'can you tell me' names no viewer; 'how far from me' does."""
    kept: list[Token] = []
    for token in tokens:
        before = kept[-1] if kept else None
        if token.kind == 'viewer':
            placed = before is not None and (before.kind == 'relation' or before.text in _PLACING)
            told = before is not None and before.text in _TELLING
            if (token.text in ('you', 'i', 'we', 'us', 'here') and not placed) or told:
                token = Token('word', token.text, token.text, token.start, token.end)
        kept.append(token)
    return kept


def _without_slips(tokens: list[Token]) -> list[Token]:
    """Drop the superlative of 'from leftmostthe given buffers' where something else is asked for.

    The dataset's writers left it there.
    """
    for index, token in enumerate(tokens[:-1]):
        following = tokens[index + 1]
        slipped = token.kind in ('superlative', 'side') and following.text == 'the'
        if not slipped or (token.end != following.start and tokens[index - 1].text != 'from'):
            continue
        rest = tokens[index + 1 :]
        if any(
            other.kind in ('superlative', 'side') or other.value == 'closest_to' for other in rest
        ):
            return [*tokens[:index], *rest]
    return tokens
