# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What `smolrgpt ask` says of its answers: a table, JSON lines, pictures, pages."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from rich.console import Console
from rich.table import Table
from rich.text import Text

from smolrgpt_ros.cli.problem import NOT_ANSWERED, Problem
from smolrgpt_ros.drawing.overlay import draw_overlay
from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.scene.frame import Scene


@dataclass(frozen=True, eq=False)
class Told:
    """A question and what became of it.

    Attributes:
        row: as JSON prints it.
        problem: why there is no answer, with its status; '' where there is one.
        scene: what was asked about; None where there was no picture.
        answer: None where there is none.
    """

    question: str
    row: dict[str, Any]
    problem: str
    scene: Scene | None
    answer: Answer | None


def tell(
    told: Sequence[Told],
    *,
    json_lines: bool,
    overlay: Path | None,
    html: Path | None,
    page_of: Callable[[Told], str],
) -> None:
    """Print every outcome, save pictures and pages.

    Args:
        page_of: makes the page of one question; called only where `html` is given.

    Raises:
        Problem: a question has no answer (NOT_ANSWERED), or a file cannot be written.
    """
    if json_lines:
        for one in told:
            print(json.dumps(one.row, ensure_ascii=False))
    else:
        _print(told)
    for place, one in enumerate(told):
        if overlay is not None and one.scene is not None:
            _save_overlay(one.scene, one, numbered(overlay, place, len(told)))
        if html is not None and one.scene is not None:
            _save_page(page_of(one), numbered(html, place, len(told)))
    unanswered = sum(one.answer is None for one in told)
    if unanswered:
        raise Problem(f'{unanswered} of {len(told)} questions have no answer', NOT_ANSWERED)


def numbered(path: Path, place: int, count: int) -> Path:
    """The path itself for a single question, else with the question's place."""
    return path if count == 1 else path.with_stem(f'{path.stem}_{place}')


def said(answer: Answer) -> str:
    """The answer's sentence, with its standard deviation where it has one."""
    if math.isfinite(answer.stddev):
        return f'{answer.text} (± {answer.stddev:.2f}{" " + answer.unit if answer.unit else ""})'
    return answer.text


def _print(told: Sequence[Told]) -> None:
    table = Table(show_lines=len(told) > 1)
    for heading in ('question', 'answer', 'objects', 'confidence'):
        table.add_column(heading, overflow='fold')
    for one in told:
        if one.answer is None or one.scene is None:
            table.add_row(Text(one.question), Text(one.problem, 'red'), '', '')
            continue
        ids = ', '.join(one.scene.regions[index].id for index in one.answer.regions)
        table.add_row(
            Text(one.question), Text(said(one.answer)), Text(ids), f'{one.answer.confidence:.0%}'
        )
    Console().print(table)


def _save_overlay(scene: Scene, one: Told, path: Path) -> None:
    if one.answer is None:
        picture = draw_overlay(scene, question=f'{one.question} {one.problem}')
    else:
        picture = draw_overlay(scene, one.answer, question=one.question)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(path)
    except (OSError, ValueError) as error:
        raise Problem(f'the annotated picture cannot be written to {path}: {error}') from error


def _save_page(page: str, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding='utf-8')
    except OSError as error:
        raise Problem(f'the page cannot be written to {path}: {error}') from error
