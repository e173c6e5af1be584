# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A sentence of a model as an answer: yes or no, a region, metres, an hour of the clock.

By rules, where the benchmark's publishers ask a large model: the same sentence always reads the
same, and on a machine without a network. What the rules cannot read counts as no answer.
"""

from __future__ import annotations

import re

from smolrgpt_ros.evaluation.spatialrgpt.categories import Asked, Kind

Read = str | int | float
LONGEST_SENTENCE = 4096
"""Characters that are read."""

_METRES = {
    'km': 1000.0, 'kilometer': 1000.0, 'kilometre': 1000.0,
    'm': 1.0, 'meter': 1.0, 'metre': 1.0,
    'cm': 0.01, 'centimeter': 0.01, 'centimetre': 0.01,
    'mm': 0.001, 'millimeter': 0.001, 'millimetre': 0.001,
    'ft': 0.3048, 'foot': 0.3048, 'feet': 0.3048,
    'in': 0.0254, 'inch': 0.0254, 'inches': 0.0254,
}  # fmt: skip
_NUMBERS = {
    word: number
    for number, word in enumerate(
        'zero one two three four five six seven eight nine ten eleven twelve'.split()  # noqa: SIM905
    )
}
_NUMBER = r'\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+'
_UNIT = '|'.join(sorted(_METRES, key=len, reverse=True))
_LENGTH = re.compile(
    rf'(?<![\w.])(?:({_NUMBER})\s*(?:-|–|to)\s*)?({_NUMBER})[\s-]*({_UNIT})s?\b\.?', re.IGNORECASE
)
_FEET_INCHES = re.compile(
    rf"""(\d+)\s*(?:'|′)\s*(?:({_NUMBER})\s*(?:"|″|'')?)?|({_NUMBER})\s*(?:"|″)"""
)
_HOUR = re.compile(r"\b(\d{1,2})(?::00)?\s*(?:o['’]?\s?clock)", re.IGNORECASE)
_BARE_HOUR = re.compile(r'\s*(\d{1,2})(?::00)?\s*\.?\s*')
_REGION = re.compile(r'\[?\bregion\s*\[?\s*(\d+)\s*\]?', re.IGNORECASE)
_YES = re.compile(r'\s*(?:yes|yeah|yep|indeed|correct|true|certainly|that is correct)\b', re.I)
_NO = re.compile(r'\s*(?:no|nope|incorrect|false|wrong|in fact|actually|that is incorrect)\b', re.I)
_NEGATION = re.compile(r"\b(?:not|cannot|neither)\b|n['’]t\b", re.IGNORECASE)
_BETWEEN = re.compile(r'\b(?:between|of|comparing)\b[^,]*,', re.IGNORECASE)


def read_answer(asked: Asked, text: str) -> Read | None:
    """'yes' or 'no', the number of a region, metres, or an hour; None where it cannot be read."""
    text = text[:LONGEST_SENTENCE]
    if asked.kind is Kind.PREDICATE:
        return _read_predicate(asked, text)
    if asked.kind is Kind.CHOICE:
        return _read_region(text)
    return read_metres(text) if asked.kind is Kind.LENGTH else read_hour(text)


def _read_predicate(asked: Asked, text: str) -> str | None:
    if _YES.match(text):
        return 'yes'
    if _NO.match(text):
        return 'no'
    if _NEGATION.search(text):
        return 'no'
    words = set(re.findall(r'[a-z]+', text.lower()))
    says, denies = bool(words & asked.words), bool(words & asked.opposite)
    if says == denies:
        return None
    return 'yes' if says else 'no'


def _read_region(text: str) -> int | None:
    """The first region named: it is the subject; 'between region 0 and region 1,' names none."""
    if re.fullmatch(r'\s*\d+\s*\.?\s*', text):
        return int(text.strip(' .\n\t'))
    found = _REGION.search(_BETWEEN.sub('', text, count=1)) or _REGION.search(text)
    return int(found[1]) if found and not _NEGATION.search(text) else None


def read_metres(text: str) -> float | None:
    """Metres of the first length in a sentence; a range counts as its middle.

    '5 feet 11 inches' and 5'11" are added up. A number without a unit is no length.
    """
    worded = _with_digits(text)
    found = _LENGTH.search(worded)
    if found is None:
        signs = _FEET_INCHES.search(worded)
        if signs is None:
            return None
        feet, inches = _float(signs[1]), _float(signs[2] or signs[3])
        return feet * _METRES['ft'] + inches * _METRES['in']
    unit = found[3].lower()
    value = _float(found[2]) if not found[1] else (_float(found[1]) + _float(found[2])) / 2.0
    metres = value * _METRES[unit]
    if _METRES[unit] == _METRES['ft']:
        rest = _LENGTH.match(re.sub(r'^\s*(?:and|,)?\s*', '', worded[found.end() :]))
        if rest is not None and _METRES[rest[3].lower()] == _METRES['in']:
            metres += _float(rest[2]) * _METRES['in']
    return metres


def read_hour(text: str) -> int | None:
    """An hour of the clock, 1 to 12: 'at 3 o'clock', 'ten o'clock', or the number alone."""
    worded = _with_digits(text)
    found = _HOUR.search(worded) or _BARE_HOUR.fullmatch(worded)
    hour = int(found[1]) if found else 0
    return hour if 1 <= hour <= 12 else None


def _with_digits(text: str) -> str:
    return re.sub(
        r'\b(' + '|'.join(_NUMBERS) + r')\b',
        lambda word: str(_NUMBERS[word[0].lower()]),
        text,
        flags=re.IGNORECASE,
    )


def _float(digits: str | None) -> float:
    return float(digits.replace(',', '')) if digits else 0.0
