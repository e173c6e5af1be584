# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt ask`: questions about one picture, answered from files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from smolrgpt_ros.cli.answer_texts import answer_texts
from smolrgpt_ros.cli.detections_file import read_regions
from smolrgpt_ros.cli.page import Opinions, page_of
from smolrgpt_ros.cli.pictures import camera_of, read_colour, read_depth
from smolrgpt_ros.cli.problem import Problem
from smolrgpt_ros.cli.told import Told, tell
from smolrgpt_ros.language.answer import Answer, Failure
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
    html: Path | None,
    json_lines: bool,
) -> None:
    """Answer and print; raises Problem(NOT_ANSWERED) when a question has no answer."""
    scene = scene_from_files(image, depth, camera, detections, depth_scale)
    loaded = loaded_engine(engine, options)
    opinions = Opinions(loaded, options)
    try:
        outcomes = answer_texts(loaded, scene, questions)
        told = [
            _told(scene, text, outcome) for text, outcome in zip(questions, outcomes, strict=True)
        ]
        tell(
            told,
            json_lines=json_lines,
            overlay=overlay,
            html=html,
            page_of=lambda one: page_of(one, opinions, source=str(image)),
        )
    finally:
        opinions.close()
        loaded.close()


def loaded_engine(name: str, options: EngineOptions) -> Engine:
    """The engine of a name. Raises Problem."""
    try:
        return load_engine(name, options)
    except EngineError as error:
        raise Problem(str(error)) from error


def _told(scene: Scene, text: str, outcome: Answer | Failure) -> Told:
    row = outcome_row(scene, text, outcome)
    if isinstance(outcome, Failure):
        return Told(text, row, f'{outcome.reason.value}: {outcome.message}', scene, None)
    return Told(text, row, '', scene, outcome)


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
