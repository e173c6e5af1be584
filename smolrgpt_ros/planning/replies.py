# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Answers and pick targets as planners use them: plain values, the message beside them."""

from __future__ import annotations

from dataclasses import dataclass, field

from geometry_msgs.msg import Pose, PoseStamped, PoseWithCovarianceStamped

from smolrgpt_ros.language.question import Category
from smolrgpt_ros.msg import ApproachSide, SpatialAnswer, SpatialObject
from smolrgpt_ros.srv import PickTarget as PickTargetService

_CATEGORIES = {getattr(SpatialAnswer, category.name): category for category in Category}


@dataclass(frozen=True)
class Reply:
    """An answer.

    Attributes:
        text: for a person.
        normalized: for a machine, see SpatialAnswer.msg.
        value, stddev: in the unit of the category; NaN where there is none.
        confidence: probability that it is right.
        object_ids: the answer's own object first.
        verified: whether a measurement confirms it.
        frame_id: frame of every position in `message.objects`.
        stamp_ns: when the picture was taken.
        image_age_s: age of the picture when the answer was ready.
        message: the whole answer.
    """

    text: str
    normalized: str
    category: Category
    value: float
    stddev: float
    confidence: float
    object_ids: tuple[str, ...]
    engine: str
    verified: bool
    frame_id: str
    stamp_ns: int
    image_age_s: float
    message: SpatialAnswer = field(repr=False, compare=False)

    @property
    def objects(self) -> tuple[SpatialObject, ...]:
        """What the answer refers to, its own object first."""
        return tuple(self.message.objects)


@dataclass(frozen=True)
class PickTarget:
    """Where a robot's base has to stand to pick up an object.

    Attributes:
        object_id: the object.
        pose: of the base, on the floor, looking at the object; with its covariance.
        thing: the object as it was measured, in the pose's frame.
        sides: every side of the object, the best one first.
    """

    object_id: str
    pose: PoseWithCovarianceStamped
    thing: SpatialObject = field(repr=False)
    sides: tuple[ApproachSide, ...] = field(repr=False)

    @property
    def goal(self) -> PoseStamped:
        """The pose as Nav2 takes it."""
        return self.goal_of(self.pose.pose.pose)

    @property
    def goals(self) -> tuple[PoseStamped, ...]:
        """Poses on all sides known to be free, the best one first."""
        return tuple(
            self.goal_of(side.pose) for side in self.sides if side.state == ApproachSide.FREE
        )

    def goal_of(self, pose: Pose) -> PoseStamped:
        """A side's pose as Nav2 takes it."""
        return PoseStamped(header=self.pose.header, pose=pose)


def reply_of(message: SpatialAnswer) -> Reply:
    """The answer of a message."""
    stamp, age = message.header.stamp, message.image_age
    return Reply(
        text=message.text,
        normalized=message.normalized,
        category=_CATEGORIES[message.category],
        value=message.value,
        stddev=message.stddev,
        confidence=message.confidence,
        object_ids=tuple(thing.id for thing in message.objects),
        engine=message.engine,
        verified=message.verified,
        frame_id=message.header.frame_id,
        stamp_ns=stamp.sec * 10**9 + stamp.nanosec,
        image_age_s=age.sec + age.nanosec * 1e-9,
        message=message,
    )


def pick_target_of(response: PickTargetService.Response) -> PickTarget | None:
    """The pick target of a response; None where the object was not measured."""
    if not response.sides:
        return None
    return PickTarget(response.object.id, response.pose, response.object, tuple(response.sides))
