# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""py_trees behaviours: ask a question, resolve where to pick an object up. A tree can halt both.

A tick never waits. Halting takes a question back on the server, which stops within a token; a
behaviour that only forgot its question would leave a network at work for nobody.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

from py_trees.behaviour import Behaviour
from py_trees.common import Access, Status

from smolrgpt_ros.planning.calling import Patience
from smolrgpt_ros.planning.client import SpatialClient
from smolrgpt_ros.planning.errors import PickTargetError, SpatialQueryError
from smolrgpt_ros.planning.errors import Status as QueryStatus
from smolrgpt_ros.planning.goals import Goal
from smolrgpt_ros.planning.replies import PickTarget, Reply

_USUAL = Patience(timeout_s=10.0)


class _Asking(Behaviour):
    """What both behaviours share: the client, the blackboard, how setup and shutdown treat them."""

    def __init__(self, name: str, reads: Sequence[str], writes: Sequence[str]):
        super().__init__(name)
        self.blackboard = self.attach_blackboard_client(name)
        for key in reads:
            self.blackboard.register_key(key, Access.READ)
        for key in writes:
            self.blackboard.register_key(key, Access.WRITE)
        self._client: SpatialClient | None = None
        self._owned: SpatialClient | None = None

    def setup(self, **kwargs: Any) -> None:
        """Take the client `spatial_client`, or make one for the node `node`.

        Raises:
            KeyError: neither was given to the tree's setup.
        """
        self._client = kwargs.get('spatial_client')
        if self._client is None:
            if 'node' not in kwargs:
                raise KeyError(
                    f"{self.name}: setup needs 'spatial_client', or 'node' to make one for"
                )
            self._client = self._owned = SpatialClient(kwargs['node'])

    def shutdown(self) -> None:
        """Close the client, where it is the behaviour's own."""
        if self._owned is not None:
            self._owned.close()
            self._owned = None

    @property
    def client(self) -> SpatialClient:
        """The client. Raises RuntimeError before setup."""
        if self._client is None:
            raise RuntimeError(f'{self.name} was ticked before setup')
        return self._client

    def _read(self, key: str) -> Any:
        """A key's value. Raises KeyError naming it."""
        try:
            return self.blackboard.get(key)
        except KeyError:
            raise KeyError(f"nothing is on the blackboard under '{key}'") from None


class AskSpatial(_Asking):
    """Asks a question by the action; SUCCESS puts the answer on the blackboard.

    RUNNING tells the measured answer, then a network's words, as feedback message. FAILURE tells
    status and sentence. Halted (INVALID), it takes the question back.
    """

    def __init__(
        self,
        name: str,
        question: str,
        *,
        object_ids: Sequence[str] = (),
        engine: str = '',
        target_frame: str = '',
        max_age_s: float = 0.0,
        patience: Patience = _USUAL,
        expected: str = '',
        least_confidence: float = 0.0,
        reply_key: str = 'spatial_reply',
        object_key: str = 'spatial_object',
    ):
        """Ask nothing yet.

        Args:
            question: `{key}` in it stands for what the blackboard has under `key`, as in 'is there
                room of {width} m left of {pallet}?'.
            object_ids: what each `<mask>` means; `{key}` as in the question.
            expected: normalized answer that makes a success, as in 'yes'; '' for any.
            least_confidence: what an answer needs to be a success, 0 to 1.
            reply_key: gets the `Reply`, also of an answer that was not the expected one.
            object_key: gets the id of the answer's own object, '' where it has none.
        """
        self._texts = (question, *object_ids)
        fields = [field for text in self._texts for field in fields_of(text)]
        super().__init__(name, reads=fields, writes=(reply_key, object_key))
        self._details: dict[str, Any] = {
            'engine': engine,
            'target_frame': target_frame,
            'max_age_s': max_age_s,
            'patience': patience,
        }
        self._expected, self._least_confidence = expected, least_confidence
        self._reply_key, self._object_key = reply_key, object_key
        self._goal: Goal | None = None
        self._problem = ''

    def initialise(self) -> None:
        """Send the question."""
        self._goal, self._problem = None, ''
        try:
            question, *object_ids = (self._filled(text) for text in self._texts)
        except KeyError as error:
            self._problem = str(error.args[0])
            return
        self._goal = self.client.ask_aloud(question, object_ids=object_ids, **self._details)
        self.feedback_message = question

    def update(self) -> Status:
        """Look whether there is an answer; never waits."""
        goal = self._goal
        if goal is None:
            self.feedback_message = self._problem
            return Status.FAILURE
        if not goal.done:
            so_far = goal.words or (goal.measured.text if goal.measured else '')
            self.feedback_message = so_far or self.feedback_message
            return Status.RUNNING
        try:
            reply = goal.result()
        except SpatialQueryError as error:
            self.feedback_message = str(error)
            return Status.FAILURE
        return self._judged(reply)

    def terminate(self, new_status: Status) -> None:
        """Take the question back where the tree has halted it."""
        if self._goal is not None and not self._goal.done:
            self._goal.cancel()
        if new_status is Status.INVALID:
            self._goal = None

    def _judged(self, reply: Reply) -> Status:
        self.blackboard.set(self._reply_key, reply)
        self.blackboard.set(self._object_key, reply.object_ids[0] if reply.object_ids else '')
        self.feedback_message = reply.text
        if self._expected and reply.normalized != self._expected:
            self.feedback_message += f" (expected '{self._expected}')"
            return Status.FAILURE
        if not reply.confidence >= self._least_confidence:
            self.feedback_message += (
                f' (confidence {reply.confidence:.2f}, {self._least_confidence:g} is needed)'
            )
            return Status.FAILURE
        return Status.SUCCESS

    def _filled(self, text: str) -> str:
        return text.format_map({field: self._read(field) for field in fields_of(text)})


class ResolvePickTarget(_Asking):
    """Finds where the robot has to stand for an object; SUCCESS puts the pose on the blackboard.

    FAILURE tells status and sentence. Halted, it drops the request; measuring takes milliseconds,
    so that nothing is left to be stopped on the server.
    """

    def __init__(
        self,
        name: str,
        *,
        object_key: str = 'spatial_object',
        target_key: str = 'pick_target',
        goal_key: str = 'pick_goal',
        standoff_m: float = 0.0,
        robot_width_m: float = 0.0,
        robot_length_m: float = 0.0,
        target_frame: str = 'map',
        max_age_s: float = 0.0,
        patience: Patience = _USUAL,
    ):
        """Ask nothing yet; see `SpatialClient.pick_target`.

        Args:
            object_key: has the object's id, as `AskSpatial` puts it there.
            target_key: gets the `PickTarget`; where no side is free, that of the best side.
            goal_key: gets its pose as geometry_msgs/PoseStamped, for NavigateToPose; only on
                success.
        """
        super().__init__(name, reads=(object_key,), writes=(target_key, goal_key))
        self._object_key, self._target_key, self._goal_key = object_key, target_key, goal_key
        self._details: dict[str, Any] = {
            'standoff_m': standoff_m,
            'robot_width_m': robot_width_m,
            'robot_length_m': robot_length_m,
            'target_frame': target_frame,
            'max_age_s': max_age_s,
            'patience': patience,
        }
        self._future: Any = None
        self._problem = ''

    def initialise(self) -> None:
        """Send the request."""
        self._future, self._problem = None, ''
        try:
            object_id = str(self._read(self._object_key))
        except KeyError as error:
            self._problem = str(error.args[0])
            return
        self._future = self.client.pick_target_async(object_id, **self._details)
        self.feedback_message = f'looking for a side of {object_id} with room'

    def update(self) -> Status:
        """Look whether there is a target; never waits."""
        if self._future is None:
            self.feedback_message = self._problem
            return Status.FAILURE
        if not self._future.done():
            return Status.RUNNING
        error = self._future.exception()
        if error is not None:
            if isinstance(error, PickTargetError) and error.status is QueryStatus.NO_FREE_SIDE:
                self.blackboard.set(self._target_key, error.known)
            self.feedback_message = str(error)
            return Status.FAILURE
        target: PickTarget = self._future.result()
        self.blackboard.set(self._target_key, target)
        self.blackboard.set(self._goal_key, target.goal)
        position = target.goal.pose.position
        self.feedback_message = (
            f'{target.object_id} from ({position.x:.2f}, {position.y:.2f}) m in '
            f'{target.goal.header.frame_id}'
        )
        return Status.SUCCESS

    def terminate(self, new_status: Status) -> None:
        """Drop the request where the tree has halted it."""
        if self._future is not None and not self._future.done():
            self._future.cancel()
        if new_status is Status.INVALID:
            self._future = None


def fields_of(text: str) -> tuple[str, ...]:
    """Names of the blackboard keys that a text asks for, in order."""
    return tuple(field for _, field, _, _ in string.Formatter().parse(text) if field)
