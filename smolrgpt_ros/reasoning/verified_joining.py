# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One answer out of what was measured and what a network says.

Metric questions carry the measurement. Others carry what both say; where they differ, what is
more probably right: the measurement, unless the network is right with a probability of at least
`OUTVOTING`, taken as low as the answers on which it was measured leave room for. Either way the
confidence is the probability that what is carried is right, given both, so that it rises where they
agree and falls where they do not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from smolrgpt_ros.language.answer import Answer, Failure, Reason
from smolrgpt_ros.language.question import Category, Question

NAME = 'verified'

ASKED_CATEGORIES = frozenset({Category.LEFT_RIGHT, Category.MCQ, Category.DISTANCE, Category.COUNT})
"""What networks are trained on; all else is measured alone."""

METRIC_CATEGORIES = frozenset(
    {Category.DISTANCE, Category.WHERE, Category.BETWEEN, Category.ROOM, Category.WITHIN}
)
"""Whose answers are, or hang on, metres: the measurement is carried, whatever the network says."""

UNMEASURED_TRUST = 0.6
"""How often a network is taken to be right of which nobody has measured it."""

# Two distances are the same within this share of the larger, or this many standard deviations.
OUTVOTING = 0.75
"""How probably a network is right, at least, where its word replaces what was measured.

Calibrated by category, it is taken for surer than it is of the hard questions of a category: where
it was a little more probable than the measurement, it was wrong in two of two cases.
"""

AGREEING_SHARE = 0.1
AGREEING_SIGMAS = 2.0

# How many different answers there may be where the question does not say: counts hardly differ by
# more than a few, and of ten wrong distances about one comes close by chance.
_COUNTS, _DISTANCES = 4, 11
_LEAST, _MOST = 0.001, 0.999

# What is wrong with the question itself, or with the time: no second opinion would help.
_FINAL = frozenset({Reason.UNKNOWN_OBJECT, Reason.AMBIGUOUS, Reason.NOT_UNDERSTOOD, Reason.TIMEOUT})


@dataclass(frozen=True)
class Opinion:
    """What a network says.

    Attributes:
        answer: its answer.
        trust: probability that it is right, by the network's calibration where there is one.
        surely: what that is not below, as well as it is known.
    """

    answer: Answer
    trust: float
    surely: float


def needs_network(question: Question, measured: Answer | Failure) -> bool:
    """Whether a network could add anything to what was measured."""
    if question.category not in ASKED_CATEGORIES:
        return False
    if isinstance(measured, Answer):
        return True
    return measured.reason not in _FINAL and question.category not in METRIC_CATEGORIES


def joined(
    question: Question, measured: Answer | Failure, opinion: Opinion, names: Sequence[str]
) -> Answer | Failure:
    """The answer of both.

    Args:
        names: what sentences call each of the scene's regions.
    """
    if isinstance(measured, Failure):
        return _unmeasured(question, measured, opinion, names)
    said = _in_measured_form(opinion.answer, question, names)
    if agree(measured, said):
        confidence = max(
            measured.confidence,
            probability_together(measured.confidence, opinion.trust, alternatives(question)),
        )
        length = f' ({_told(said, names)})' if said.category is Category.DISTANCE else ''
        return replace(
            measured,
            engine=NAME,
            verified=True,
            confidence=confidence,
            text=f'{measured.text} The network agrees{length}.',
        )
    return _disagreeing(question, measured, replace(opinion, answer=said), names)


def alone(measured: Answer | Failure, why: str) -> Answer | Failure:
    """What was measured, with the reason why no network confirms it; a failure as it is."""
    if isinstance(measured, Failure):
        return measured
    return replace(measured, verified=False, text=f'{measured.text} Measured alone: {why}.')


def agree(measured: Answer, said: Answer) -> bool:
    """Whether two answers to one question mean the same."""
    if measured.category is Category.MCQ:
        return measured.regions[:1] == said.regions[:1]
    if measured.category is not Category.DISTANCE:
        return measured.normalized == said.normalized
    one, other = measured.value, said.value
    if not (math.isfinite(one) and math.isfinite(other)):
        return False
    if one == 0.0 or other == 0.0:
        return one == other  # inside an area or not
    allowed = AGREEING_SHARE * max(one, other)
    if math.isfinite(measured.stddev):
        allowed = max(allowed, AGREEING_SIGMAS * measured.stddev)
    return abs(one - other) <= allowed


def probability_together(first: float, second: float, count: int) -> float:
    """Probability that two who say the same are right.

    Args:
        first: how probably the one is right by itself; `second` likewise. They err independently.
        count: different answers that there may be; a wrong one is any of the others.
    """
    first, second = _sober(first), _sober(second)
    both_right = first * second
    return both_right / (both_right + (1.0 - first) * (1.0 - second) / (count - 1))


def probability_against(first: float, second: float, count: int) -> float:
    """Probability that the first is right where the second says something else."""
    first, second = _sober(first), _sober(second)
    first_right = first * (1.0 - second)
    second_right = second * (1.0 - first)
    neither = (1.0 - first) * (1.0 - second) * (count - 2) / (count - 1)
    return first_right / (first_right + second_right + neither)


def alternatives(question: Question) -> int:
    """How many different answers a question allows, at least 2."""
    if question.category is Category.LEFT_RIGHT:
        return 2
    if question.category is Category.MCQ:
        candidates = question.references[0] if question.references else None
        masks = len(candidates.masks) if candidates is not None else 0
        return max(2, masks or question.mask_count)
    return _COUNTS if question.category is Category.COUNT else _DISTANCES


def _sober(probability: float) -> float:
    """A probability that evidence to the contrary can still move; NaN counts as a half."""
    return 0.5 if math.isnan(probability) else min(max(probability, _LEAST), _MOST)


def _disagreeing(
    question: Question, measured: Answer, opinion: Opinion, names: Sequence[str]
) -> Answer:
    said, trust = opinion.answer, opinion.trust
    count = alternatives(question)
    for_measured = probability_against(measured.confidence, trust, count)
    for_said = probability_against(trust, measured.confidence, count)
    outvoted = probability_against(opinion.surely, measured.confidence, count) >= OUTVOTING
    told = f'The network says {_told(said, names)}, measuring {_told(measured, names)}'
    if question.category in METRIC_CATEGORIES:
        carried, confidence, why = measured, for_measured, 'given is what was measured, in metres'
    elif outvoted:
        carried, confidence = said, min(for_said, trust)
        why = f"given is the network's answer, {_surer(for_said, for_measured)}"
    else:
        carried, confidence = measured, for_measured
        why = 'given is what was measured, ' + (
            _surer(for_measured, for_said)
            if for_measured >= for_said
            else f'the network not being sure enough ({for_said:.2f} against {for_measured:.2f})'
        )
    if carried is measured:
        confidence = min(confidence, measured.confidence)
    return replace(
        carried,
        engine=NAME,
        verified=False,
        confidence=confidence,
        text=f'{carried.text} {told}: {why}.',
    )


def _surer(one: float, other: float) -> str:
    return f'the surer one ({one:.2f} against {other:.2f})'


def _unmeasured(
    question: Question, failure: Failure, opinion: Opinion, names: Sequence[str]
) -> Answer | Failure:
    """The network's answer where nothing could be measured, unless it would be metres."""
    said = _in_measured_form(opinion.answer, question, names)
    if question.category in METRIC_CATEGORIES:
        return replace(
            failure,
            message=f'{failure.message.rstrip(". ")}. The network says {_told(said, names)}, '
            'which nobody has measured',
        )
    return replace(
        said,
        verified=False,
        confidence=opinion.trust,
        text=f'{said.text} The network alone: {failure.message.rstrip(". ")}.',
    )


def _in_measured_form(said: Answer, question: Question, names: Sequence[str]) -> Answer:
    """A choice in words is named by its id, as the measuring engine does, not by its place."""
    if said.category is Category.MCQ and not question.mask_count and said.regions:
        return replace(said, normalized=names[said.regions[0]], value=math.nan)
    return said


def _told(answer: Answer, names: Sequence[str]) -> str:
    """'4.31 m', 'pallet_3', 'left', '2'."""
    if answer.category is Category.DISTANCE:
        return f'{answer.value:.2f} m'
    if answer.category is Category.MCQ and answer.regions:
        return names[answer.regions[0]]
    return str(answer.normalized)
