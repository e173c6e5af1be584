# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Expressions of several words that mean one thing."""

from __future__ import annotations

# Longest first wins. The value is (kind, value) of the one token that stands for all of the words.
# fmt: off
EXPRESSIONS: dict[str, tuple[str, str]] = {
    'on top of': ('relation', 'on'), 'onto': ('relation', 'on'), 'on': ('relation', 'on'),
    'upon': ('relation', 'on'), 'atop': ('relation', 'on'), 'aboard': ('relation', 'on'),
    'carried by': ('relation', 'on'), 'loaded on': ('relation', 'on'),
    'loaded onto': ('relation', 'on'), 'held by': ('relation', 'on'),
    'transported by': ('relation', 'on'), 'moved by': ('relation', 'on'), 'in': ('relation', 'in'),
    'inside': ('relation', 'in'), 'inside of': ('relation', 'in'), 'within': ('relation', 'in'),
    'into': ('relation', 'in'), 'within the bounds of': ('relation', 'in'),
    'contained in': ('relation', 'in'), 'contained by': ('relation', 'in'),
    'contained within': ('relation', 'in'), 'within the boundaries of': ('relation', 'in'),
    'within the confines of': ('relation', 'in'), 'carrying': ('relation', 'holding'),
    'holding': ('relation', 'holding'), 'with': ('relation', 'holding'),
    'containing': ('relation', 'holding'), 'in front of': ('relation', 'in_front_of'),
    'ahead of': ('relation', 'in_front_of'), 'in back of': ('relation', 'behind'),
    'behind': ('relation', 'behind'), 'beyond': ('relation', 'behind'),
    'next to': ('relation', 'closest_to'), 'beside': ('relation', 'closest_to'),
    'adjacent to': ('relation', 'closest_to'), 'near': ('relation', 'closest_to'),
    'nearby': ('relation', 'closest_to'), 'alongside': ('relation', 'closest_to'),
    'in the vicinity of': ('relation', 'closest_to'), 'close by': ('relation', 'closest_to'),
    'closet to': ('relation', 'closest_to'), 'point of view': ('word', 'viewpoint'),
    'field of view': ('word', 'view'), 'vantage point': ('word', 'viewpoint'),
    'line of sight': ('word', 'view'), 'with respect to': ('word', 'relative'),
    'relative to': ('word', 'relative'), 'in relation to': ('word', 'relative'),
    'compared to': ('word', 'relative'), 'compared with': ('word', 'relative'),
    'in comparison to': ('word', 'relative'), 'in comparison with': ('word', 'relative'),
    'with reference to': ('word', 'relative'), 'as opposed to': ('word', 'relative'),
    'in reference to': ('word', 'relative'), 'fork lift': ('noun', 'forklift'),
    'fork lifts': ('nouns', 'forklift'), 'fork truck': ('noun', 'forklift'),
    'lift truck': ('noun', 'forklift'), 'out of': ('word', 'among'), 'amongst': ('word', 'among'),
    'amid': ('word', 'among'), 'from among': ('word', 'among'), 'from amongst': ('word', 'among'),
    'buffer space': ('noun', 'buffer'), 'buffer spaces': ('nouns', 'buffer'),
    'buffer storage': ('noun', 'buffer'), 'buffer spot': ('noun', 'buffer'),
    'buffer spots': ('nouns', 'buffer'), 'buffer location': ('noun', 'buffer'),
    'buffer locations': ('nouns', 'buffer'),
    'pick up': ('word', 'pickup'), 'pick-up': ('word', 'pickup'), 'picks up': ('word', 'pickup'),
    'picked up': ('word', 'pickup'), 'picking up': ('word', 'pickup'),
    'right now': ('word', 'now'), 'right here': ('viewer', 'here'), 'right in': ('relation', 'in'),
    'right in front of': ('relation', 'in_front_of'), 'right behind': ('relation', 'behind'),
    'right next to': ('relation', 'closest_to'), 'right beside': ('relation', 'closest_to'),
    'directly in front of': ('relation', 'in_front_of'), 'all right': ('word', 'okay'),
    'according to': ('word', 'given'), 'most distant': ('superlative', 'furthest'),
    'least distant': ('superlative', 'nearest'), 'most remote': ('superlative', 'furthest'),
    'shortest distance': ('superlative', 'nearest'),
    'smallest distance': ('superlative', 'nearest'), 'least distance': ('superlative', 'nearest'),
    'minimum distance': ('superlative', 'nearest'), 'minimal distance': ('superlative', 'nearest'),
    'lowest distance': ('superlative', 'nearest'),
    'greatest distance': ('superlative', 'furthest'),
    'largest distance': ('superlative', 'furthest'),
    'longest distance': ('superlative', 'furthest'),
    'maximum distance': ('superlative', 'furthest'), 'least far': ('superlative', 'nearest'),
    'most nearby': ('superlative', 'nearest'), 'in between': ('word', 'between'),
    'inbetween': ('word', 'between'), 'how many': ('word', 'howmany'),
    'how much': ('word', 'howmuch'), 'howmany': ('word', 'howmany'),
    'number of': ('word', 'count'), 'amount of': ('word', 'count'),
    'quantity of': ('word', 'count'), 'total of': ('word', 'count'), 'count of': ('word', 'count'),
    'sum of': ('word', 'count'), 'is there': ('word', 'isthere'), 'are there': ('word', 'isthere'),
    'there is': ('word', 'thereis'), 'there are': ('word', 'thereis'), 'set of': ('word', 'given'),
    'group of': ('word', 'given'), 'collection of': ('word', 'given'), 'one of': ('word', 'among'),
    'each of': ('word', 'among'), 'all of': ('word', 'among'), 'each other': ('word', 'mutual'),
    'one another': ('word', 'mutual'),
}
# fmt: on

TAGS = {tuple(words.replace('-', ' ').split()): tag for words, tag in EXPRESSIONS.items()}
EXPRESSION_WORDS = frozenset(word for words in TAGS for word in words)
# The longest expression that starts with a word.
LONGEST_FROM: dict[str, int] = {}
for _words in TAGS:
    LONGEST_FROM[_words[0]] = max(len(_words), LONGEST_FROM.get(_words[0], 0))
