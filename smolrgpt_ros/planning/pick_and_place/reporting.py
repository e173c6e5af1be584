# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Steps of a mission as they begin, recover, succeed and fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from smolrgpt_ros.msg import MissionStep
from smolrgpt_ros.planning.pick_and_place.asking import UnansweredError
from smolrgpt_ros.planning.pick_and_place.waiting import (
    NoReplyError,
    NoServerError,
    StoppedError,
)

MISSION = 'mission'
"""The step that stands for the whole: it ends last."""


class StepError(RuntimeError):
    """A step cannot be done, whatever was tried; `fatal`: nor can any other."""

    def __init__(self, message: str, *, fatal: bool = False):
        """Remember both."""
        super().__init__(message)
        self.fatal = fatal


class Report:
    """Tells the steps of one mission."""

    def __init__(self, tell: Callable[[str, int, str, str, Any], None]):
        """`tell` gets step, state, sentence, object id and FloorPose or None."""
        self._tell = tell
        self.object_id = ''
        self._step = MISSION

    def __call__(self, state: int, message: str, target: Any = None) -> None:
        """Tell how the step under way stands."""
        self._tell(self._step, state, message, self.object_id, target)

    def recovering(self, message: str) -> None:
        """Tell that the step under way is tried again, or in another way."""
        self(MissionStep.RECOVERING, message)

    @contextmanager
    def step(self, name: str, message: str, target: Any = None) -> Iterator[list[str]]:
        """Tell of a step's begin and end; the block appends the sentence of its success.

        Raises:
            StepError: whatever ended the step.
        """
        outer, self._step = self._step, name
        self(MissionStep.STARTED, message, target)
        done: list[str] = []
        try:
            yield done
            self(MissionStep.SUCCEEDED, ' '.join(done), target)
        except StepError as error:
            self(MissionStep.FAILED, str(error), target)
            raise
        except (UnansweredError, NoServerError, NoReplyError, StoppedError) as error:
            self(MissionStep.FAILED, str(error), target)
            fatal = isinstance(error, (NoServerError, StoppedError))
            raise StepError(f'{name}: {error}', fatal=fatal) from error
        finally:
            self._step = outer
