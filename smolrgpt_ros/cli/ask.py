# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt ask`: questions about one picture, answered from files."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image
from rich.console import Console
from rich.table import Table
from rich.text import Text

from smolrgpt_ros.cli.detections_file import read_regions
from smolrgpt_ros.cli.pictures import camera_of, read_colour, read_depth
from smolrgpt_ros.cli.problem import NOT_ANSWERED, Problem
from smolrgpt_ros.drawing.overlay import draw_overlay
from smolrgpt_ros.language.answer import Answer, Failure, QuestionError, Reason
from smolrgpt_ros.language.parsing import parse
from smolrgpt_ros.language.question import Question
from smolrgpt_ros.reasoning.engine import Engine
from smolrgpt_ros.reasoning.registry import EngineError, EngineOptions, load_engine
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.geometry import NoDepthError


def ask_about_files(
    questions: Sequence[str],
    *,
    image: Path,
    depth: Path | None,
    camera: str,
    detections: Path,
    depth_scale: float,
    engine: str,
    options: EngineOptions,
    overlay: Path | None,
    json_lines: bool,
) -> None:
    """Answer and print; raises Problem(NOT_ANSWERED) when a question has no answer."""
    scene = scene_from_files(image, depth, camera, detections, depth_scale)
    try:
        loaded = load_engine(engine, options)
    except EngineError as error:
        raise Problem(str(error)) from error
    try:
        outcomes = answer_texts(loaded, scene, questions)
    finally:
        loaded.close()
    if json_lines:
        for text, outcome in zip(questions, outcomes, strict=True):
            print(json.dumps(outcome_row(scene, text, outcome), ensure_ascii=False))
    else:
        _print_outcomes(scene, questions, outcomes)
    if overlay is not None:
        _save_overlays(scene, questions, outcomes, overlay)
    unanswered = sum(isinstance(outcome, Failure) for outcome in outcomes)
    if unanswered:
        raise Problem(f'{unanswered} of {len(outcomes)} questions have no answer', NOT_ANSWERED)


def scene_from_files(
    image: Path, depth: Path | None, camera: str, detections: Path, depth_scale: float
) -> Scene:
    """The scene, metric where depth and camera are given. Raises Problem."""
    colour = read_colour(image)
    size_px = (colour.shape[1], colour.shape[0])
    if depth is not None and not camera:
        raise Problem('metres need the intrinsics besides the depth; give --camera fx,fy,cx,cy')
    return Scene(
        regions=read_regions(detections, size_px),
        size_px=size_px,
        colour=colour,
        depth=read_depth(depth, depth_scale, size_px) if depth is not None else None,
        camera=camera_of(camera, size_px) if camera else None,
        frame_id='camera',
    )


def answer_texts(engine: Engine, scene: Scene, texts: Sequence[str]) -> list[Answer | Failure]:
    """One outcome for each question, in order; what cannot be parsed costs the others nothing."""
    parsed = [_parsed(text, scene) for text in texts]
    answers = iter(engine.answer(scene, [entry for entry in parsed if isinstance(entry, Question)]))
    return [next(answers) if isinstance(entry, Question) else entry for entry in parsed]


def _parsed(text: str, scene: Scene) -> Question | Failure:
    try:
        question = parse(
            text,
            [region.id for region in scene.regions],
            {region.class_id for region in scene.regions},
        )
    except QuestionError as error:
        return error.failure
    if question.mask_count > len(scene.regions):
        return Failure(
            Reason.UNKNOWN_OBJECT,
            f'the question has {question.mask_count} <mask> tokens, the picture '
            f'{len(scene.regions)} regions; they mean the regions in the order of the detections',
        )
    return replace(question, mask_regions=tuple(range(question.mask_count)))


def outcome_row(scene: Scene, text: str, outcome: Answer | Failure) -> dict[str, Any]:
    """What `--json` prints for a question."""
    if isinstance(outcome, Failure):
        return {
            'question': text,
            'status': outcome.reason.value,
            'message': outcome.message,
            'candidates': list(outcome.candidates),
        }
    return {
        'question': text,
        'status': 'OK',
        'category': outcome.category.value,
        'text': outcome.text,
        'normalized': outcome.normalized,
        'value': _finite(outcome.value),
        'unit': outcome.unit,
        'stddev': _finite(outcome.stddev),
        'confidence': _finite(outcome.confidence),
        'engine': outcome.engine,
        'objects': [_object(scene, index) for index in outcome.regions],
    }


def _object(scene: Scene, index: int) -> dict[str, Any]:
    region = scene.regions[index]
    row: dict[str, Any] = {'id': region.id, 'class': region.class_id, 'box': list(region.box_px)}
    try:
        measured = scene.measurements.of(index)
    except NoDepthError:
        return row
    return row | {
        'centre_camera': [round(float(value), 4) for value in measured.centre_camera],
        'stddev_camera': [_finite(float(value)) for value in measured.stddev_camera],
    }


def _finite(value: float) -> float | None:
    """Four decimals; None for what JSON cannot say."""
    return round(value, 4) if math.isfinite(value) else None


def _print_outcomes(
    scene: Scene, questions: Sequence[str], outcomes: Sequence[Answer | Failure]
) -> None:
    table = Table(show_lines=len(questions) > 1)
    for heading in ('question', 'answer', 'objects', 'confidence'):
        table.add_column(heading, overflow='fold')
    for text, outcome in zip(questions, outcomes, strict=True):
        if isinstance(outcome, Failure):
            table.add_row(
                Text(text), Text(f'{outcome.reason.value}: {outcome.message}', 'red'), '', ''
            )
            continue
        ids = ', '.join(scene.regions[index].id for index in outcome.regions)
        table.add_row(Text(text), Text(_said(outcome)), Text(ids), f'{outcome.confidence:.0%}')
    Console().print(table)


def _said(answer: Answer) -> str:
    if math.isfinite(answer.stddev):
        return f'{answer.text} (± {answer.stddev:.2f}{" " + answer.unit if answer.unit else ""})'
    return answer.text


def _save_overlays(
    scene: Scene, questions: Sequence[str], outcomes: Sequence[Answer | Failure], path: Path
) -> None:
    for place, (text, outcome) in enumerate(zip(questions, outcomes, strict=True)):
        numbered = path if len(questions) == 1 else path.with_stem(f'{path.stem}_{place}')
        if isinstance(outcome, Failure):
            picture = draw_overlay(scene, question=f'{text} {outcome.message}')
        else:
            picture = draw_overlay(scene, outcome, question=text)
        try:
            numbered.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture).save(numbered)
        except (OSError, ValueError) as error:
            raise Problem(
                f'the annotated picture cannot be written to {numbered}: {error}'
            ) from error
