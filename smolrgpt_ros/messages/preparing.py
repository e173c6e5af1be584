# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a request and a matched set to a question about a scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from smolrgpt_ros.language.question import Question
from smolrgpt_ros.messages.asking import bound, means_viewer, parsed
from smolrgpt_ros.messages.frame_set import FrameSet
from smolrgpt_ros.messages.recalling import Asked, asked_of_memory, remembered
from smolrgpt_ros.messages.scene_building import BuiltScene, SceneBuilder, with_memory
from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.messages.status import QueryError, Status
from smolrgpt_ros.messages.transforms import NoTransformError


class Request(Asked, Protocol):
    """What is asked, as in SpatialQuery.srv."""

    @property
    def question(self) -> str:
        """In words."""

    @property
    def target_frame(self) -> str:
        """Frame of the answer's positions, '' for the setting."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A question that an engine can be asked.

    Attributes:
        engine: which; not the one asked for where the question is about what is remembered.
    """

    question: Question
    built: BuiltScene
    engine: str


def prepare(
    builder: SceneBuilder,
    frame_set: FrameSet,
    request: Request,
    settings: Settings,
    *,
    engine: str,
    now_ns: int,
    rectified: bool,
) -> Prepared:
    """The question of a request about a set, with its scene.

    Args:
        now_ns: when it is asked, on the clock of the stamps.
        rectified: whether camera_info's P holds.

    Raises:
        QueryError: not understood, about an object that is not there, no transform ...
    """
    target_frame = request.target_frame or settings.target_frame
    try:
        built = builder.build(
            frame_set, settings, target_frame='', rectified=rectified, viewer=False
        )
        memory = remembered(builder, built, settings, now_ns)
        question = parsed(request.question, [*built.scene.regions, *memory.values()])
        recalled = asked_of_memory(question, request, memory, settings.memory_keep)
        viewer = means_viewer(question)
        if target_frame or viewer:
            built = builder.build(
                frame_set, settings, target_frame=target_frame, rectified=rectified, viewer=viewer
            )
        if recalled:
            built = with_memory(built, recalled)
            engine = 'geometric'  # no network can look at what the picture does not show
        question = bound(question, request.object_ids, built.scene.regions)
    except NoTransformError as error:
        raise QueryError(Status.NO_TRANSFORM, str(error)) from error
    except QueryError as error:
        raise QueryError(
            error.status, with_notes(error.message, error.status, built, request)
        ) from error
    return Prepared(question, built, engine)


def with_notes(message: str, status: int, built: BuiltScene, request: Request) -> str:
    """The sentence, and what is known of the inputs it is about.

    That is defects of depth, and detections that were left out or renamed.
    """
    notes: list[str] = []
    if status in (Status.NO_DEPTH, Status.ENGINE_FAILED):
        notes += [
            defect
            for defect in built.defects
            if defect.startswith(('depth', 'camera_info', 'image'))
        ]
    if status in (Status.UNKNOWN_OBJECT, Status.AMBIGUOUS, Status.NOT_UNDERSTOOD):
        asked = (request.question + ' ' + ' '.join(request.object_ids)).lower()
        notes += [defect for defect in built.defects if defect.startswith('detections')]
        notes += [
            note.sentence
            for note in built.notes
            if any(name.lower() in asked for name in note.names)
        ][:5]
    return '. '.join([message.rstrip('. '), *notes]) if notes else message
