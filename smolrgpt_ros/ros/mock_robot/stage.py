# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Mock robot, query node and pick_and_place as processes, and one errand after the other."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any

import numpy as np
from nav_msgs.msg import Odometry
from rcl_interfaces.srv import SetParameters
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_srvs.srv import Trigger
from vision_msgs.msg import Detection3DArray

from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS
from smolrgpt_ros.messages.conversions import nanoseconds_from
from smolrgpt_ros.msg import MissionStep
from smolrgpt_ros.ros.mock_robot.body import Stand
from smolrgpt_ros.ros.mock_robot.errand import Errand
from smolrgpt_ros.ros.mock_robot.hall import ROBOT, placed
from smolrgpt_ros.ros.mock_robot.messages import stand_from
from smolrgpt_ros.ros.running import QUERY_NODE, Client, NodeProcess, RunningError
from smolrgpt_ros.warehouse.truth import is_inside
from smolrgpt_ros.warehouse.world import Thing

ROBOT_NODE = 'smolrgpt_ros.ros.mock_robot.node'
MISSION_NODE = 'smolrgpt_ros.planning.pick_and_place.node'
MISSION = 'mission'
START_S = 60.0
_REPLY_S = 20.0
_CARRIED_M = 0.05
_ENDED = (MissionStep.SUCCEEDED, MissionStep.FAILED)


@dataclass
class Outcome:
    """How an errand ended.

    Attributes:
        steps: what was reported.
        claimed: whether the mission said that it succeeded.
        hung: it did not end in time.
        right: the right pallet stands in the right buffer, by truth.
        path: (x, y) where the robot drove.
        things: what stands where at the end, by truth; ids are keys.
    """

    errand: Errand
    steps: list[MissionStep] = field(default_factory=list)
    claimed: bool = False
    hung: bool = False
    right: bool = False
    took_s: float = 0.0
    path: list[tuple[float, float]] = field(default_factory=list)
    things: dict[str, Thing] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The mission's last sentence."""
        return str(self.steps[-1].message) if self.steps else ''


class Stage:
    """All processes of a mission; use it in a `with`."""

    def __init__(
        self,
        *,
        robot: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        mission: Mapping[str, Any] | None = None,
    ):
        """Start the processes with these parameters beside the usual ones."""
        self._query_parameters = {
            'use_sim_time': True,
            'target_frame': 'map',
            'gravity_frame': 'map',
            'viewer_frame': 'base_link',
            **(query or {}),
        }
        self._stack = contextlib.ExitStack()
        enter = self._stack.enter_context
        self._robot = enter(NodeProcess(ROBOT_NODE, parameters=robot))
        self._query = self._start_query()
        self._stack.callback(lambda: self._query.stop())
        self._mission = enter(
            NodeProcess(MISSION_NODE, parameters={'use_sim_time': True, **(mission or {})})
        )
        self.client = enter(Client('stage', watch=(self._robot, self._mission)))
        self._truth: Detection3DArray | None = None
        self._steps: list[MissionStep] = []
        self._path: list[tuple[float, float]] = []
        self.on_step: Callable[[MissionStep], None] = lambda step: None
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        node = self.client.node
        node.create_subscription(Detection3DArray, '/mock_robot/truth', self._hear_truth, latched)
        node.create_subscription(MissionStep, '/pick_and_place/steps', self._hear_step, 100)
        node.create_subscription(Odometry, '/odom', self._hear_odometry, 1)

    def _start_query(self) -> NodeProcess:
        return NodeProcess(QUERY_NODE, parameters=self._query_parameters, remappings=CAMERA_TOPICS)

    def activate(self) -> None:
        """Wait until everything answers. Raises RunningError."""
        self.client.activate(timeout_s=START_S)
        self.client.wait_for_frame(START_S)

    def kill_query(self) -> None:
        """End the query node as a crash would, and start it again as a launch file would."""
        os.kill(self._query.pid, signal.SIGKILL)
        self._query.wait(_REPLY_S)
        self._query.stop()
        self._query = self._start_query()
        try:
            self.client.activate(timeout_s=START_S)
        except RunningError as error:
            raise RunningError(f'{error}\n{self.logs()}') from error

    def run(
        self, errand: Errand, *, limit_s: float, meanwhile: Callable[[], None] = lambda: None
    ) -> Outcome:
        """Put the robot where the errand begins and have it done. Raises RunningError.

        Args:
            limit_s: after so long the mission counts as hung, and is cancelled.
            meanwhile: called again and again.
        """
        start = errand.start
        self._truth = None
        self._set('mock_robot', hall=errand.world.seed, start=[start.x, start.y, start.yaw])
        self.client.wait_until(lambda: self._begun(errand), _REPLY_S, 'the hall of the errand')
        self._set('pick_and_place', buffer=errand.buffer_id)
        self._steps.clear()
        self._path.clear()
        outcome = Outcome(errand)
        began_s = time.monotonic()
        mission_id = self._trigger('start')
        while not outcome.hung:
            outcome.steps = [step for step in self._steps if step.mission_id == mission_id]
            if outcome.steps and _is_end(outcome.steps[-1]):
                break
            meanwhile()
            self._spin(0.2)
            outcome.hung = time.monotonic() - began_s > limit_s
        outcome.took_s = time.monotonic() - began_s
        if outcome.hung:
            self._trigger('cancel', must=False)
        self._spin(0.3)
        outcome.claimed = outcome.steps[-1].state == MissionStep.SUCCEEDED and not outcome.hung
        outcome.path = list(self._path)
        outcome.things = dict(self._things(errand))
        pallet = outcome.things[errand.pallet_id]
        outcome.right = is_inside(pallet, errand.world.thing(errand.buffer_id))
        return outcome

    def _begun(self, errand: Errand) -> bool:
        """Whether the truth is that of the errand's hall."""
        if self._truth is None:
            return False
        places = {d.id: d.bbox.center.position for d in self._truth.detections}
        things = [thing for thing in errand.world.things if thing.id]
        return set(places) == {thing.id for thing in things} and all(
            np.allclose((places[t.id].x, places[t.id].y), t.centre[:2], atol=1e-6) for t in things
        )

    def _things(self, errand: Errand) -> Iterator[tuple[str, Thing]]:
        assert self._truth is not None
        for detection in self._truth.detections:
            thing = errand.world.thing(detection.id)
            stand: Stand = stand_from(detection.bbox.center)
            bottom_m = detection.bbox.center.position.z - thing.size[2] / 2.0
            moved = placed(thing, stand.x, stand.y, stand.yaw, bottom_m)
            if not thing.carried_by and bottom_m > _CARRIED_M:
                moved = replace(moved, carried_by=ROBOT)
            yield detection.id, moved

    def _spin(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        self.client.wait_until(lambda: time.monotonic() > ends, seconds + _REPLY_S, 'nothing')

    def _set(self, node_name: str, **values: Any) -> None:
        client = self.client.node.create_client(SetParameters, f'/{node_name}/set_parameters')
        request = SetParameters.Request(
            parameters=[
                Parameter(name, value=value).to_parameter_msg() for name, value in values.items()
            ]
        )
        response = self._call(client, request)
        for result in response.results:
            if not result.successful:
                raise RunningError(f'{node_name} refused {values}: {result.reason}')

    def _trigger(self, name: str, *, must: bool = True) -> str:
        client = self.client.node.create_client(Trigger, f'/pick_and_place/{name}')
        response = self._call(client, Trigger.Request())
        if must and not response.success:
            raise RunningError(f'pick_and_place: {response.message}')
        return str(response.message)

    def _call(self, client: Any, request: Any) -> Any:
        self.client.wait_until(client.service_is_ready, START_S, client.srv_name)
        future = client.call_async(request)
        self.client.wait_until(future.done, _REPLY_S, client.srv_name)
        self.client.node.destroy_client(client)
        return future.result()

    def _hear_truth(self, message: Detection3DArray) -> None:
        self._truth = message

    def _hear_step(self, message: MissionStep) -> None:
        self._steps.append(message)
        self.on_step(message)

    def _hear_odometry(self, message: Odometry) -> None:
        at = message.pose.pose.position
        if not self._path or (at.x, at.y) != self._path[-1]:
            self._path.append((at.x, at.y))

    def logs(self) -> str:
        """The last lines of each process."""
        return '\n'.join(
            f'--- {process.module}\n{process.log_end()}'
            for process in (self._robot, self._query, self._mission)
        )

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()


def _is_end(step: MissionStep) -> bool:
    return step.step == MISSION and step.state in _ENDED


def seconds_of(step: MissionStep) -> float:
    """When a step was told, by the robot's clock."""
    return nanoseconds_from(step.stamp) / 1e9
