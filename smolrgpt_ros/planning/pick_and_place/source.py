# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Answers and pick targets of the query node, one attempt at a time, failures included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rclpy.task import Future

from smolrgpt_ros.planning.calling import Patience
from smolrgpt_ros.planning.client import SpatialClient
from smolrgpt_ros.planning.errors import SpatialQueryError, Status
from smolrgpt_ros.planning.pick_and_place.settings import Settings
from smolrgpt_ros.planning.pick_and_place.waiting import NoReplyError, StoppedError, Waiting

# The client's own time-out ends an attempt; this ends one that the client has forgotten.
_SPARE_S = 2.0


@dataclass(frozen=True)
class Heard:
    """How one attempt ended.

    Attributes:
        value: `Reply` or `PickTarget`; None where there is none.
        stamp_ns: of the picture, 0 where none is known.
    """

    status: Status
    message: str = ''
    value: Any = None
    stamp_ns: int = 0


class Source:
    """Asks by a `SpatialClient`; used in the mission's thread while the node is spun in another."""

    def __init__(self, client: SpatialClient, waiting: Waiting, settings: Settings):
        """Remember whom to ask, and how long an attempt may take."""
        self._client = client
        self._waiting = waiting
        self._settings = settings
        self._patience = Patience(timeout_s=settings.answer_timeout, retries=0)

    def ask(self, question: str, engine: str) -> Heard:
        """One attempt. Raises StoppedError."""
        settings = self._settings
        return self._heard(
            self._client.ask_async(
                question,
                engine=engine,
                target_frame=settings.map_frame,
                max_age_s=settings.max_age,
                patience=self._patience,
            )
        )

    def pick_target(self, object_id: str, standoff_m: float) -> Heard:
        """One attempt; a target without a free side has a value, too. Raises StoppedError."""
        settings = self._settings
        return self._heard(
            self._client.pick_target_async(
                object_id,
                standoff_m=standoff_m,
                robot_width_m=settings.robot_width,
                robot_length_m=settings.robot_length,
                target_frame=settings.map_frame,
                max_age_s=settings.max_age,
                patience=self._patience,
            )
        )

    def _heard(self, future: Future) -> Heard:
        timeout_s = self._settings.answer_timeout + _SPARE_S
        try:
            value = self._waiting.reply(future, timeout_s, 'the query node')
        except SpatialQueryError as error:
            if error.known is None:
                return Heard(error.status, error.message)
            return Heard(error.status, error.message, error.known, _stamp_ns(error.known))
        except NoReplyError as error:
            future.cancel()
            return Heard(Status.TIMEOUT, str(error))
        except StoppedError:
            future.cancel()
            raise
        return Heard(Status.OK, '', value, _stamp_ns(value))


def _stamp_ns(value: Any) -> int:
    if hasattr(value, 'stamp_ns'):
        return int(value.stamp_ns)
    stamp = value.pose.header.stamp
    return int(stamp.sec * 1_000_000_000 + stamp.nanosec)
