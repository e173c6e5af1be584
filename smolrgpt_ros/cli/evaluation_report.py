# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An evaluation as tables for a person."""

from __future__ import annotations

import math

from rich.console import Console
from rich.table import Table

from smolrgpt_ros.evaluation.figures import NO_ANSWER, Evaluation, Latency, Tally

MALFORMED_SHOWN = 20


def print_evaluation(evaluation: Evaluation, console: Console, title: str, seconds: float) -> None:
    """Score, kinds of questions, confusion, distances, calibration, times, what is missing."""
    if evaluation.outcomes and evaluation.scored:
        _print_score(evaluation, console, title)
        for category in evaluation.categories:
            if not category.endswith('distance'):
                _print_confusion(evaluation, console, category)
        _print_distances(evaluation, console)
        _print_calibration(evaluation, console)
    if evaluation.outcomes:
        console.print(f'{len(evaluation.outcomes)} questions in {seconds:.1f} s')
        _print_latency(console, 'a question', evaluation.question_latency)
        _print_latency(console, 'a picture', evaluation.picture_latency)
        _print_coverage(evaluation, console)
    _print_malformed(evaluation, console)


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify='left')
    for place, heading in enumerate(headings):
        table.add_column(heading, justify='right' if place else 'left', overflow='fold')
    return table


def _print_score(evaluation: Evaluation, console: Console, title: str) -> None:
    table = _table(
        f'Score {evaluation.score:.2f}  ({title})',
        'category, kind of question', 'right %', 'right', 'asked', 'no answer',
    )  # fmt: skip
    for category, tally in evaluation.categories.items():
        table.add_row(*_row(category, tally), style='bold')
        for (of, kind), part in evaluation.subtypes.items():
            if of == category:
                table.add_row(*_row(f'  {kind}', part))
    console.print(table)
    for category, error in evaluation.mean_errors.items():
        unit = 'h' if category == 'direction' else '%'
        console.print(f'{category}: mean error of the answers {error:.2f} {unit}')
    error = evaluation.median_distance_error
    if math.isfinite(error):
        console.print(f'median distance error {error:.2f} %')


def _row(name: str, tally: Tally) -> tuple[str, ...]:
    return (
        name,
        f'{tally.accuracy:.2f}',
        str(tally.right),
        str(tally.asked),
        str(tally.unanswered or ''),
    )


def _print_confusion(evaluation: Evaluation, console: Console, category: str) -> None:
    pairs = evaluation.confusion(category)
    if all(truth == answer for truth, answer in pairs):
        return
    truths = sorted({truth for truth, _ in pairs}, key=_natural)
    answers = sorted({answer for _, answer in pairs}, key=_natural)
    table = _table(f'{category}: truth by answer', 'truth', *answers)
    for truth in truths:
        counts = [pairs.get((truth, answer), 0) for answer in answers]
        table.add_row(truth, *(str(count or '') for count in counts))
    console.print(table)


def _natural(value: str) -> tuple[int, float, str]:
    """Numbers by their size, then words, what is missing last."""
    if value == NO_ANSWER:
        return 2, 0.0, ''
    return (0, float(value), '') if value.isdigit() else (1, 0.0, value)


def _print_distances(evaluation: Evaluation, console: Console) -> None:
    ranges = evaluation.distance_ranges
    if not ranges:
        return
    table = _table(
        'distances by range',
        'truth, m',
        'right %',
        'right',
        'asked',
        'median error %',
        '90 % below',
    )
    for part in ranges:
        name = (
            '0 (inside)' if part.up_to_m == 0.0
            else f'above {part.above_m:g}' if math.isinf(part.up_to_m)
            else f'{part.above_m:g} to {part.up_to_m:g}'
        )  # fmt: skip
        errors = (
            '' if math.isnan(e) else f'{e:.2f}' if math.isfinite(e) else 'no answer'
            for e in (part.median_error, part.p90_error)
        )
        table.add_row(*_row(name, part.tally)[:4], *errors)
    console.print(table)


def _print_calibration(evaluation: Evaluation, console: Console) -> None:
    found, sigma = evaluation.calibration, evaluation.one_sigma
    if found.count:
        table = _table(
            f'confidence: expected calibration error {found.expected_error:.4f}',
            'confidence', 'answers', 'mean confidence', 'right',
        )  # fmt: skip
        for part in found.bins:
            if part.count:
                table.add_row(
                    f'{part.low:.1f} to {part.high:.1f}', str(part.count),
                    f'{part.confidence:.3f}', f'{part.accuracy:.3f}',
                )  # fmt: skip
        console.print(table)
    if sigma.count:
        console.print(
            f'{sigma.percent:.1f} % of {sigma.count} distances lie within one standard deviation '
            '(68.3 % would if errors were normal)'
        )


def _print_latency(console: Console, what: str, latency: Latency) -> None:
    if math.isfinite(latency.mean):
        console.print(
            f'{what}: mean {1e3 * latency.mean:.1f} ms, median {1e3 * latency.median:.1f} ms, '
            f'95 % below {1e3 * latency.p95:.1f} ms'
        )


def _print_coverage(evaluation: Evaluation, console: Console) -> None:
    coverage = dict(evaluation.coverage)
    answered = coverage.pop('answered')
    share = 100.0 * answered / len(evaluation.outcomes)
    console.print(f'answered: {answered} of {len(evaluation.outcomes)} ({share:.1f} %)')
    if coverage:
        listed = ', '.join(f'{reason} {count}' for reason, count in coverage.items())
        console.print(f'without an answer: {listed}')


def _print_malformed(evaluation: Evaluation, console: Console) -> None:
    if not evaluation.malformed:
        return
    console.print(f'{len(evaluation.malformed)} malformed records, left out of the score:')
    for problem in evaluation.malformed[:MALFORMED_SHOWN]:
        console.print(f'  {problem}', markup=False, highlight=False)
    more = len(evaluation.malformed) - MALFORMED_SHOWN
    if more > 0:
        console.print(f'  and {more} more')
