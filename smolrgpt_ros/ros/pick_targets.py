# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From a request for a pick target to a pose before the object; runs in the worker's thread."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from geometry_msgs.msg import Pose as PoseMessage

from smolrgpt_ros.messages.asking import named
from smolrgpt_ros.messages.conversions import seconds_from
from smolrgpt_ros.messages.frame_set import FrameSet
from smolrgpt_ros.messages.placed import place
from smolrgpt_ros.messages.scene_building import SceneBuilder
from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.messages.status import QueryError
from smolrgpt_ros.messages.transforms import NoTransformError
from smolrgpt_ros.msg import ApproachSide
from smolrgpt_ros.reasoning.approach import Lane, Robot, Side, sides
from smolrgpt_ros.reasoning.world import world_of
from smolrgpt_ros.ros.answer_messages import object_message, time_from
from smolrgpt_ros.ros.answering import Outcome
from smolrgpt_ros.ros.freshness import require_fresh
from smolrgpt_ros.ros.worker import Job
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.measured import Floor, NoDepthError
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.srv import PickTarget

_Response = PickTarget.Response
_LONGEST_M = 20.0
# A floor that leans more than this in the target frame makes no pose that a base could take.
_LEAST_LEVEL = math.cos(math.radians(15.0))
_STATES = {
    Lane.FREE: ApproachSide.FREE,
    Lane.OCCUPIED: ApproachSide.OCCUPIED,
    Lane.UNSEEN: ApproachSide.UNSEEN,
}


@dataclass(frozen=True, eq=False)
class Picked(Outcome):
    """How a request ended whose object was measured."""

    response: PickTarget.Response = field(default_factory=PickTarget.Response)


class PickTargets:
    """Answers requests for pick targets from the newest frame."""

    def __init__(
        self,
        builder: SceneBuilder,
        *,
        settings: Callable[[], Settings],
        newest: Callable[[], FrameSet],
        rectified: Callable[[], bool],
        now_ns: Callable[[], int],
        log_failure: Callable[[str, Exception], None],
    ):
        """Remember where things come from; see `Answerer`."""
        self._builder = builder
        self._settings = settings
        self._newest = newest
        self._rectified = rectified
        self._now_ns = now_ns
        self._log_failure = log_failure

    def finish(self, job: Job) -> None:
        """Measure and finish one job, whatever happens."""
        try:
            job.finish(self._measured(job.request))
        except QueryError as error:
            job.finish(Outcome(error.status, error.message))
        except NoTransformError as error:
            job.finish(Outcome(_Response.NO_TRANSFORM, str(error)))
        except NoDepthError as error:
            job.finish(Outcome(_Response.NO_DEPTH, str(error)))
        except Exception as error:
            self._log_failure(f'measuring a pick target failed on {job.request}', error)
            sentence = f'measuring failed: {type(error).__name__}: {error}'
            job.finish(
                Outcome(_Response.ENGINE_FAILED, f"{sentence}; the traceback is in the node's log")
            )

    def _measured(self, request: PickTarget.Request) -> Picked:
        settings = self._settings()
        robot = robot_of(request, settings)
        frame_set = self._newest()
        max_age_s = seconds_from(request.max_age) or settings.max_age
        require_fresh(frame_set, self._now_ns(), max_age_s)
        built = self._builder.build(
            frame_set,
            settings,
            target_frame=request.target_frame or settings.target_frame,
            rectified=self._rectified(),
            viewer=True,
        )
        scene = built.scene
        region = region_of(scene, request.object_id)
        found = sides(world_of(scene), region, robot)
        return Picked(*_verdict(scene, region, found), response=response_of(scene, region, found))


def robot_of(request: PickTarget.Request, settings: Settings) -> Robot:
    """The room asked for. Raises QueryError(NOT_UNDERSTOOD)."""
    lengths = {}
    for name, default_m in (
        ('standoff', settings.pick_standoff),
        ('robot_width', settings.pick_robot_width),
        ('robot_length', settings.pick_robot_length),
    ):
        asked_m = getattr(request, name)
        if not 0.0 <= asked_m <= _LONGEST_M:
            raise QueryError(
                _Response.NOT_UNDERSTOOD,
                f'{name} is {asked_m:g} m; give 0 to {_LONGEST_M:g} m, 0 for the parameter',
            )
        lengths[name] = asked_m or default_m
    return Robot(lengths['standoff'], lengths['robot_width'], lengths['robot_length'])


def region_of(scene: Scene, object_id: str) -> int:
    """Index of the object. Raises QueryError(UNKNOWN_OBJECT)."""
    for index, region in enumerate(scene.regions):
        if region.id == object_id:
            return index
    raise QueryError(
        _Response.UNKNOWN_OBJECT,
        f"object_id names '{object_id}', which is not in the picture; {named(scene.regions)}",
    )


def response_of(scene: Scene, region: int, found: tuple[Side, ...]) -> PickTarget.Response:
    """All that was measured; the pose is that of the best side, also where none is free.

    Raises:
        QueryError: NO_TRANSFORM where the frame is not level.
    """
    floor = scene.measurements.floor
    assert floor is not None
    level = _Level(scene, floor)
    response = PickTarget.Response(object=object_message(place(scene, region)))
    response.pose.header.stamp = time_from(scene.stamp_ns)
    response.pose.header.frame_id = scene.target_frame or scene.frame_id
    response.sides = [
        ApproachSide(
            state=_STATES[side.lane],
            pose=level.pose(side),
            seen=side.seen,
            occupied_by=[scene.regions[other].id for other in side.occupied_by],
        )
        for side in found
    ]
    response.pose.pose.pose = response.sides[0].pose
    response.pose.pose.covariance = level.covariance(found[0]).ravel().tolist()
    return response


class _Level:
    """Places on the floor as poses in a scene's target frame."""

    def __init__(self, scene: Scene, floor: Floor):
        self._floor = floor
        self._target_from_camera = scene.target_from_camera or Pose(np.eye(3), np.zeros(3))
        rotation = self._target_from_camera.rotation
        self._axes = rotation @ floor.axes.T  # (3, 2) floor coordinates in the target frame
        self._up = rotation @ floor.normal
        if self._up[2] < _LEAST_LEVEL:
            raise QueryError(
                _Response.NO_TRANSFORM,
                f"the frame '{scene.target_frame or scene.frame_id}' is not level: its z axis and "
                f'the floor enclose {math.degrees(math.asin(float(self._up[2]))):.0f} degrees; set '
                "target_frame to a level one, for example 'map'",
            )

    def pose(self, side: Side) -> PoseMessage:
        """On the floor, its x axis towards the object."""
        x, y, z = self._target_from_camera.apply(self._floor.points(np.array(side.base))).tolist()
        facing = self._axes @ np.array(side.facing)
        yaw = math.atan2(facing[1], facing[0])
        message = PoseMessage()
        message.position.x, message.position.y, message.position.z = x, y, z
        message.orientation.z, message.orientation.w = math.sin(0.5 * yaw), math.cos(0.5 * yaw)
        return message

    def covariance(self, side: Side) -> np.ndarray:
        """(6, 6) of x, y, z, roll, pitch, yaw; square metres and square radians."""
        covariance = np.zeros((6, 6))
        covariance[:3, :3] = self._axes @ side.covariance[:2, :2] @ self._axes.T
        covariance[:3, :3] += self._floor.stddev_m**2 * np.outer(self._up, self._up)
        covariance[:3, 5] = covariance[5, :3] = self._axes @ side.covariance[:2, 2]
        covariance[5, 5] = side.covariance[2, 2]
        return covariance


def _verdict(scene: Scene, region: int, found: tuple[Side, ...]) -> tuple[int, str]:
    """Status and sentence."""
    if found[0].lane is Lane.FREE:
        return _Response.OK, ''
    hidden = [side for side in found if side.lane is Lane.UNSEEN]
    taken = sorted({scene.regions[other].id for side in found for other in side.occupied_by})
    parts = []
    if hidden:
        parts.append(
            f'the floor of {len(hidden)} of {len(found)} sides is partly hidden or outside of the '
            'picture (a view from another side would help)'
        )
    if len(hidden) < len(found):
        by = f' by {", ".join(taken)}' if taken else ''
        parts.append(f'{len(found) - len(hidden)} sides are occupied{by}')
    return (
        _Response.NO_FREE_SIDE,
        f'no side of {scene.regions[region].id} is known to have room for the robot: '
        f'{"; ".join(parts)}',
    )
