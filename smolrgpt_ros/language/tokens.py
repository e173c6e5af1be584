# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From characters to tagged words, in one pass that is linear in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from smolrgpt_ros.language import lexicon

_PIECE = re.compile(
    r'(?P<mask><[ ]{0,3}mask[ ]{0,3}>)|(?P<image><[ ]{0,3}image[ ]{0,3}>)'
    r'|(?P<number>\d{1,9}(?:[.,]\d{1,6})?)|(?P<word>[^\W\d_]+)|(?P<punct>[^\s])',
    re.IGNORECASE,
)
_ALNUM = re.compile(r'[^\W_]+')
_ID_SEPARATORS = frozenset(' _-#:/.|()[]')
_LONGEST_ID_PIECES = 12
_UUID = re.compile(r'\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b', re.IGNORECASE)
_GUESSED_ID = re.compile(r'\b[^\W\d_]{1,30}(?:[_\-]?\d{1,9}){1,4}\b')


@dataclass(frozen=True)
class Token:
    """One tagged word.

    Attributes:
        kind: 'mask', 'id', 'number', 'quantity', 'superlative', 'ordinal', 'attribute',
            'determiner', 'neutral',
            'noun', 'nouns' (plural), 'viewer', 'relation', 'side', 'word' (in the lexicon),
            'unknown', 'punct'.
        text: the words, lower case.
        value: canonical word for the kind ('leftmost', 'in', class name, the id as the scene
            spells it ...).
        start, end: characters of the normalised text.
        number: the number, metres for a quantity, the position of a mask.
    """

    kind: str
    text: str
    value: str
    start: int
    end: int
    number: float = 0.0


def normalise(text: str) -> str:
    """Text with compatibility characters folded and control characters made blanks."""
    if text.isascii() and text.isprintable():
        return text
    folded = unicodedata.normalize('NFKC', text).replace('’', "'").replace('‘', "'")
    return ''.join(
        ' ' if unicodedata.category(character) in ('Cc', 'Cf', 'Zl', 'Zp') else character
        for character in folded
    )


@lru_cache(maxsize=8192)
def id_key(object_id: str) -> str:
    """What two spellings of one id share: 'Pallet-3', 'pallet 3' and 'pallet_3' are 'pallet3'."""
    return ''.join(_ALNUM.findall(normalise(object_id))).casefold()


def singular(word: str) -> str:
    """The singular of a lower-case noun; the word itself when it is none."""
    if word in lexicon.IRREGULAR_PLURALS:
        return lexicon.IRREGULAR_PLURALS[word]
    if word in lexicon.NEVER_PLURAL or len(word) < 4 or not word.endswith('s'):
        return word
    if word.endswith('ies') and len(word) > 4:
        return word[:-3] + 'y'
    if word.endswith(('xes', 'ches', 'shes', 'sses')):
        return word[:-2]
    if word.endswith(('ss', 'us', 'is')):
        return word
    return word[:-1]


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
    tokens = _merge_quantities(tokens)
    tokens = _numbers_that_are_ids(tokens, known_ids)
    tokens = _without_viewpoints(tokens)
    return _merge_sides(tokens)


# --- characters to words ------------------------------------------------------------------------


def _raw_tokens(text: str, known_ids: Sequence[str]) -> list[Token]:
    spans = _id_spans(text, known_ids)
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
                tokens.extend(_split_words(piece, match.start(), match.end()))
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


def _id_spans(text: str, known_ids: Sequence[str]) -> list[tuple[int, int, str]]:
    """(start, end, id) of known ids, longest first at each place.

    Then of words that look like ids.
    """
    spans = _known_id_spans(text, known_ids)
    taken = [False] * (len(text) + 1)
    for start, end, _ in spans:
        taken[start:end] = [True] * (end - start)
    for pattern in (_UUID, _GUESSED_ID):
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(taken[start:end]) and not _is_unit_word(match.group()):
                spans.append((start, end, match.group().lower()))
                taken[start:end] = [True] * (end - start)
    return sorted(spans)


def _is_unit_word(word: str) -> bool:
    """True for '<mask>2'-like accidents where the letters are no name ('by2', 'mask1')."""
    letters = word.rstrip('0123456789').rstrip('_-').lower()
    return letters in lexicon.FUNCTION_WORDS or letters in lexicon.EXPRESSIONS


def _known_id_spans(text: str, known_ids: Sequence[str]) -> list[tuple[int, int, str]]:
    by_key: dict[str, list[str]] = {}
    most_pieces = 0
    for object_id in known_ids:
        key = id_key(object_id)
        if not key or key.isdigit() or is_known_word(key):
            continue  # '3' is a number and 'pallet' a class until something says otherwise
        by_key.setdefault(key, []).append(object_id)
        most_pieces = max(most_pieces, len(_ALNUM.findall(normalise(object_id))) + 1)
    if not by_key:
        return []
    pieces = [(match.start(), match.end()) for match in _ALNUM.finditer(text)]
    spans = []
    index = 0
    while index < len(pieces):
        found = _longest_id(text, pieces, index, min(most_pieces, _LONGEST_ID_PIECES), by_key)
        if found is None:
            index += 1
            continue
        count, object_id = found
        spans.append((pieces[index][0], pieces[index + count - 1][1], object_id))
        index += count
    return spans


def _longest_id(
    text: str,
    pieces: list[tuple[int, int]],
    index: int,
    most_pieces: int,
    by_key: dict[str, list[str]],
) -> tuple[int, str] | None:
    joined = ''
    found = None
    for count in range(1, most_pieces + 1):
        if index + count > len(pieces):
            break
        start, end = pieces[index + count - 1]
        if count > 1:
            gap = text[pieces[index + count - 2][1] : start]
            if len(gap) > 2 or not set(gap) <= _ID_SEPARATORS:
                break
        joined += text[start:end].casefold()
        if joined in by_key and not _is_measure(text, pieces, index + count - 1):
            spelled = text[pieces[index][0] : end]
            ids = by_key[joined]
            found = count, spelled if spelled in ids else ids[0]
    return found


def _is_measure(text: str, pieces: list[tuple[int, int]], last: int) -> bool:
    """True where the last piece is the number of a length: 'next to pallet 3 m wide'."""
    start, end = pieces[last]
    decimal = text[end : end + 1] in ('.', ',') and text[end + 1 : end + 2].isdigit()
    if text[start:end].isdigit() and decimal:
        return True  # 'a pallet 1.2 m wide' is no 'pallet 1'
    if (
        not text[start:end].isdigit()
        or start == 0
        or text[start - 1] != ' '
        or last + 1 >= len(pieces)
    ):
        return False
    following = text[slice(*pieces[last + 1])].lower()
    return following in lexicon.METRES_PER_UNIT


def _split_words(word: str, start: int, end: int) -> list[Token]:
    """The word, or the two that it was glued from ('leftmostthe'), or the one it was meant for.

    ('palet').
    """
    if is_known_word(word) or len(word) > 30:
        return [Token('word', word, word, start, end)]
    if len(word) >= 6:
        for cut in range(len(word) - 2, 2, -1):
            if is_known_word(word[:cut]) and is_known_word(word[cut:]):
                middle = start + cut
                return [
                    Token('word', word[:cut], word[:cut], start, middle),
                    Token('word', word[cut:], word[cut:], middle, end),
                ]
    meant = _corrected(word)
    return [Token('word', meant, meant, start, end)]


@lru_cache(maxsize=4096)
def _corrected(word: str) -> str:
    if len(word) < 5 or word in lexicon.REAL_WORDS or word[:1] not in 'ptbslrncfmvdo':
        return word
    for target in lexicon.SPELLING_TARGETS:
        if word[0] == target[0] and abs(len(word) - len(target)) <= 1 and _one_slip(word, target):
            return target
    return word


def _one_slip(word: str, target: str) -> bool:
    """True where one letter was added, lost, changed or swapped with its neighbour."""
    first = next(
        (i for i, (a, b) in enumerate(zip(word, target)) if a != b), min(len(word), len(target))
    )
    if len(word) == len(target):
        swapped = word[first + 1 : first + 2] + word[first : first + 1]
        return word[first + 1 :] == target[first + 1 :] or (
            swapped == target[first : first + 2] and word[first + 2 :] == target[first + 2 :]
        )
    if len(word) < len(target):
        return word[first:] == target[first + 1 :]
    return word[first + 1 :] == target[first:]


@lru_cache(maxsize=8192)
def is_known_word(word: str) -> bool:
    """True for a lower-case word that stands in one of the lexicon's tables."""
    base = singular(word)
    return (
        word in lexicon.FUNCTION_WORDS
        or word in lexicon.EXPRESSIONS
        or word in _EXPRESSION_WORDS
        or base in lexicon.CLASS_WORDS
        or word in lexicon.VIEWER_WORDS
        or word in lexicon.DETERMINERS
        or word in lexicon.NEUTRAL_WORDS
        or word in lexicon.ATTRIBUTES
        or word in lexicon.SUPERLATIVES
        or word in lexicon.ORDINALS
        or word in lexicon.NUMBER_WORDS
        or word in lexicon.METRES_PER_UNIT
        or word in lexicon.DISTANCE_WORDS
        or word in lexicon.COUNT_WORDS
        or word in lexicon.WHERE_WORDS
        or word in lexicon.ROOM_WORDS
        or word in lexicon.PICKUP_WORDS
        or word in lexicon.CHOICE_VERBS
        or word in lexicon.VIEW_HEADS
    )


# --- words to meanings --------------------------------------------------------------------------

_EXPRESSIONS = {
    tuple(words.replace('-', ' ').split()): tag for words, tag in lexicon.EXPRESSIONS.items()
}
_EXPRESSION_WORDS = frozenset(word for words in _EXPRESSIONS for word in words)
_LONGEST_EXPRESSION = max(len(words) for words in _EXPRESSIONS)


def _merge_expressions(tokens: list[Token]) -> list[Token]:
    merged: list[Token] = []
    index = 0
    tokens = [token for token in tokens if token.text not in ('-', "'")]
    while index < len(tokens):
        for count in range(min(_LONGEST_EXPRESSION, len(tokens) - index), 0, -1):
            run = tokens[index : index + count]
            tag = _EXPRESSIONS.get(tuple(token.text for token in run))
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
    {
        'from',
        'to',
        'of',
        'than',
        'between',
        'and',
        'relative',
        'near',
        'around',
        'or',
        'towards',
        'by',
        'with',
        'vs',
    }
)
_TELLING = frozenset(
    {
        'tell',
        'give',
        'show',
        'let',
        'help',
        'inform',
        'find',
        'get',
        'list',
        'for',
        'provide',
        'ask',
    }
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


def _merge_quantities(tokens: list[Token]) -> list[Token]:
    """Numbers and their units become one token in metres.

    '1,5 m', '4 ft 6 in', 'one and a half metres'.
    """
    merged: list[Token] = []
    index = 0
    while index < len(tokens):
        found = _quantity(tokens, index)
        if found is None:
            merged.append(tokens[index])
            index += 1
            continue
        length, metres = found
        run = tokens[index : index + length]
        text = ' '.join(token.text for token in run)
        previous = merged[-1] if merged else None
        if (
            previous is not None
            and previous.kind == 'quantity'
            and tokens[index - 1].text not in ('and', ',')
        ):
            merged[-1] = Token(
                'quantity',
                f'{previous.text} {text}',
                '',
                previous.start,
                run[-1].end,
                previous.number + metres,
            )
        else:
            merged.append(Token('quantity', text, '', run[0].start, run[-1].end, metres))
        index += length
    return merged


def _numbers_that_are_ids(tokens: list[Token], known_ids: Sequence[str]) -> list[Token]:
    """'how far is 3 from 4' where a tracker's ids are numbers; 'the 2 pallets' still counts."""
    numeric = {known for known in known_ids if known.isdigit()}
    if not numeric:
        return tokens
    return [
        Token('id', token.text, token.text, token.start, token.end)
        if token.kind == 'number'
        and token.text in numeric
        and (index + 1 == len(tokens) or tokens[index + 1].kind not in ('noun', 'nouns', 'unknown'))
        else token
        for index, token in enumerate(tokens)
    ]


def _quantity(tokens: list[Token], index: int) -> tuple[int, float] | None:
    """(tokens used, metres) of a quantity that starts at `index`."""

    def word(offset: int) -> str:
        return tokens[index + offset].text if index + offset < len(tokens) else ''

    first = tokens[index]
    used, number = 0, 0.0
    if first.kind == 'number' or first.text == 'one':
        used, number = 1, first.number if first.kind == 'number' else 1.0
        if word(1) == 'point' and index + 2 < len(tokens) and tokens[index + 2].kind == 'number':
            used, number = 3, number + tokens[index + 2].number / 10.0
        elif (word(1), word(2), word(3)) == ('and', 'a', 'half'):
            used, number = 4, number + 0.5
        elif word(1) in ('½', '1⁄2'):
            used, number = 2, number + 0.5
    elif first.text == 'half':
        used, number = 1, 0.5
        if word(1) in ('a', 'an'):
            used = 2
    elif first.text in ('a', 'an') and word(1) == 'half':
        used, number = 2, 0.5
    elif first.text in ('a', 'an') and word(1) in lexicon.METRES_PER_UNIT:
        used, number = 1, 1.0
        if (word(2), word(3), word(4)) == ('and', 'a', 'half'):
            return 5, 1.5 * lexicon.METRES_PER_UNIT[word(1)]
    if not used or index + used >= len(tokens):
        return None
    unit = tokens[index + used]
    if unit.text in ('in', '"') and (
        unit.start == tokens[index + used - 1].end or _after_feet(tokens, index)
    ):
        return used + 1, number * 0.0254
    if unit.text == "'" and unit.start == tokens[index + used - 1].end:
        return used + 1, number * 0.3048
    if unit.text not in lexicon.METRES_PER_UNIT:
        return None
    if unit.text != 'm' or unit.start - tokens[index + used - 1].end <= 2:
        return used + 1, number * lexicon.METRES_PER_UNIT[unit.text]
    return None


def _after_feet(tokens: list[Token], index: int) -> bool:
    return index > 0 and tokens[index - 1].text in ('ft', 'feet', 'foot', "'")


_LONGEST_VIEWPOINT = 16


def _without_viewpoints(tokens: list[Token]) -> list[Token]:
    """Drop 'from this viewpoint', 'in the picture', 'when looking from this angle'.

    The camera is meant anyway.
    """
    kept: list[Token] = []
    index = 0
    while index < len(tokens):
        if tokens[index].text in lexicon.VIEW_OPENERS and tokens[index].kind != 'mask':
            last = index
            end = index + 1
            while end < min(len(tokens), index + _LONGEST_VIEWPOINT) and (
                tokens[end].text in lexicon.VIEW_FILLERS
                or tokens[end].text in lexicon.VIEW_HEADS
                or tokens[end].value in lexicon.VIEW_HEADS
            ):
                if tokens[end].value in lexicon.VIEW_HEADS or _is_viewing_position(tokens, end):
                    last = end
                end += 1
                if end < len(tokens) and _is_viewing_position(tokens, end):
                    last = end
                    end += 1
            if last > index:
                index = last + 1
                continue
        kept.append(tokens[index])
        index += 1
    return kept


def _is_viewing_position(tokens: list[Token], index: int) -> bool:
    return (
        tokens[index].text in ('position', 'location', 'point', 'angle', 'direction')
        and index > 0
        and (
            tokens[index - 1].text
            in ('viewing', 'observation', 'looking', 'camera', 's', 'viewer', 'observer')
        )
    )


_SIDE_ENDS = frozenset(
    {'side', 'hand', 'edge', 'end', 'border', 'part', 'corner', 'half', 'portion', 'direction'}
)
_TOWARDS = frozenset({'to', 'towards', 'toward', 'the', 'on', 'at', 'in', 'very', 'far', 'of'})


def _merge_sides(tokens: list[Token]) -> list[Token]:
    """'furthest to the left', 'far left', 'left most'.

    'closest to the right side' become leftmost, rightmost.
    """
    merged: list[Token] = []
    index = 0
    while index < len(tokens):
        length, value = _side_superlative(tokens, index)
        if length:
            run = tokens[index : index + length]
            text = ' '.join(token.text for token in run)
            merged.append(Token('superlative', text, value, run[0].start, run[-1].end))
            index += length
            continue
        token = tokens[index]
        merged.append(token)
        index += 1
        while (
            token.kind in ('side', 'superlative')
            and index < len(tokens)
            and tokens[index].text in _SIDE_ENDS
        ):
            index += 1  # 'left hand side' says no more than 'left'
    return merged


def _compared(tokens: list[Token], index: int) -> bool:
    """True where 'than' follows: 'further to the left than X' asks for a side of X."""
    return any(token.text == 'than' for token in tokens[index : index + 12])


def _side_superlative(tokens: list[Token], index: int) -> tuple[int, str]:
    """(tokens used, 'leftmost' or 'rightmost') of a sideways superlative at `index`, or (0, '')."""
    first = tokens[index]
    end = index + 1
    if first.kind == 'side':
        if end < len(tokens) and tokens[end].text == 'most':
            return 2, f'{first.value}most'
        return 0, ''
    if first.text == 'most' or first.text in ('far', 'extreme', 'utmost', 'outermost'):
        reach = 3
    elif first.value in ('furthest', 'nearest') and first.kind == 'superlative':
        reach = 5
    elif first.text in ('further', 'farther', 'more') and not _compared(tokens, index):
        reach = 3
    else:
        return 0, ''
    while end < len(tokens) and end - index < reach and tokens[end].text in _TOWARDS:
        if first.text == 'far' and tokens[end].text != 'to' and end == index + 1:
            break
        end += 1
    if end >= len(tokens) or tokens[end].kind != 'side':
        return 0, ''
    value = f'{tokens[end].value}most'
    end += 1
    ended = False
    while end < len(tokens) and tokens[end].text in _SIDE_ENDS:
        end += 1
        ended = True
    following = tokens[end].kind if end < len(tokens) else ''
    if (
        first.value == 'nearest'
        and not ended
        and following in ('noun', 'nouns', 'neutral', 'attribute', 'unknown')
    ):
        return 0, ''  # 'closest to the left buffer' is about a buffer
    return end - index, value
