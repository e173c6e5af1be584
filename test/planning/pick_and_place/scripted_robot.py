# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A robot whose servers do what a test wants, over the real middleware, and the node under test."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

import rclpy
from action_msgs.msg import GoalStatus
from geometry_msgs.msg import TransformStamped
from nav2_msgs.action import NavigateToPose
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.context import Context
from rclpy.executors import MultiThreadedExecutor, SingleThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_srvs.srv import SetBool, Trigger
from tf2_ros import StaticTransformBroadcaster

from smolrgpt_ros.msg import ApproachSide, MissionStep, SpatialObject
from smolrgpt_ros.planning.pick_and_place.node import PickAndPlace
from smolrgpt_ros.srv import PickTarget, SpatialQuery

PATIENCE_S = 40.0
QUICK: dict[str, Any] = {
    'buffer': 'buffer_1', 'most_asks': 4, 'patience': 1.0, 'answer_timeout': 1.0, 'attempts': 2,
    'fork_timeout': 1.0, 'navigation_timeout': 3.0, 'navigation_silence': 1.0, 'max_age': 5.0,
}  # fmt: skip
Answer = Callable[[SpatialQuery.Request, SpatialQuery.Response], None]


def good_answer(request: SpatialQuery.Request, response: SpatialQuery.Response) -> None:
    """The transporter should take pallet_1; buffer_1 is where it is; it holds what was brought."""
    answer = response.answer
    answer.engine, answer.verified, answer.confidence = 'geometric', True, 0.9
    if 'how many' in request.question:
        answer.text, answer.normalized = '1 pallet is in buffer_1: pallet_1.', '1'
        # Counted, but its place is not known, so that no place in the buffer is taken.
        answer.objects = [thing('pallet_1', math.nan, math.nan)]
    elif 'where' in request.question:
        answer.text, answer.normalized = 'buffer_1 is there.', '4'
        answer.objects = [thing('buffer_1', 4.0, 4.0)]
    else:
        answer.text, answer.normalized = 'pallet_1 is the closest.', 'pallet_1'
        answer.objects = [thing('pallet_1', 3.0, 0.0)]


def thing(name: str, x: float, y: float) -> SpatialObject:
    found = SpatialObject(id=name)
    found.position.x, found.position.y = x, y
    found.size.x = found.size.y = 3.0
    return found


def good_target(request: PickTarget.Request, response: PickTarget.Response) -> None:
    """pallet_1, 1 m deep, is free from the side that the robot comes from."""
    response.object = thing(request.object_id, 3.0, 0.0)
    side = ApproachSide(state=ApproachSide.FREE, seen=1.0)
    side.pose.position.x = 2.5 - request.standoff
    side.pose.orientation.w = 1.0
    response.sides = [side]
    response.pose.pose.pose = side.pose


class ScriptedRobot:
    """Servers whose behaviour tests set; `mission` runs the node against them.

    Attributes:
        answer, target, fork: fill a response in.
        accepts: whether goals are accepted.
        drive: status and error code of a goal, or None: it never ends.
        goals: (x, y) of all goals.
        moves: whether TF tells of an arrival; else the base stays where it is.
    """

    def __init__(self, *, without: tuple[str, ...] = (), **parameters: Any):
        self.context = Context()
        rclpy.init(context=self.context, args=[])
        self.node = rclpy.create_node('scripted_robot', context=self.context)
        self.answer: Answer = good_answer
        self.target: Callable[..., None] = good_target
        self.fork: Callable[[SetBool.Request], tuple[bool, str] | None] = lambda request: (
            True, 'lifted pallet_1' if request.data else 'set down pallet_1')  # fmt: skip
        self.accepts = True
        self.moves = False
        self.drive: Callable[[float, float], tuple[int, int] | None] = lambda x, y: (
            GoalStatus.STATUS_SUCCEEDED, 0)  # fmt: skip
        self.goals: list[tuple[float, float]] = []
        self.cancelled = threading.Event()
        self._serve(without)
        self.executor = MultiThreadedExecutor(6, context=self.context)
        self.executor.add_node(self.node)
        self.planner_executor = SingleThreadedExecutor(context=self.context)
        self.planner: PickAndPlace | None = None
        if 'planner' not in without:
            overrides = [Parameter(n, value=v) for n, v in {**QUICK, **parameters}.items()]
            self.planner = PickAndPlace(parameter_overrides=overrides, context=self.context)
            self.planner_executor.add_node(self.planner)
        self._threads = [
            threading.Thread(target=spin, args=(executor, self.context), daemon=True)
            for executor in (self.executor, self.planner_executor)
        ]
        for thread in self._threads:
            thread.start()
        self.steps: list[MissionStep] = []
        kept = QoSProfile(depth=200, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.node.create_subscription(MissionStep, '/pick_and_place/steps', self.steps.append, kept)
        group = ReentrantCallbackGroup()
        self._triggers = {
            name: self.node.create_client(Trigger, f'/pick_and_place/{name}', callback_group=group)
            for name in ('start', 'cancel')
        }

    def _serve(self, without: tuple[str, ...]) -> None:
        node, group = self.node, ReentrantCallbackGroup()
        if 'query' not in without:
            node.create_service(SpatialQuery, 'spatial_query', self._answer, callback_group=group)
            node.create_service(PickTarget, 'pick_target', self._target, callback_group=group)
        if 'fork' not in without:
            node.create_service(SetBool, 'fork', self._fork, callback_group=group)
        self.server = None
        if 'nav2' not in without:
            self.server = ActionServer(
                node, NavigateToPose, 'navigate_to_pose', self._drive,
                goal_callback=lambda _: GoalResponse(1 + self.accepts),
                cancel_callback=lambda _: CancelResponse.ACCEPT, callback_group=group,
            )  # fmt: skip
        if 'tf' not in without:
            self._tf = StaticTransformBroadcaster(node)
            self._stand(0.0, 0.0)

    def _stand(self, x: float, y: float) -> None:
        base = TransformStamped(child_frame_id='base_link')
        base.header.frame_id = 'map'
        base.transform.translation.x, base.transform.translation.y = x, y
        base.transform.rotation.w = 1.0
        self._tf.sendTransform(base)

    def _answer(self, request: Any, response: Any) -> Any:
        response.answer.header.stamp = self.node.get_clock().now().to_msg()
        self.answer(request, response)
        return response

    def _target(self, request: Any, response: Any) -> Any:
        response.pose.header.stamp = self.node.get_clock().now().to_msg()
        response.pose.header.frame_id = 'map'
        self.target(request, response)
        return response

    def _fork(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        said = self.fork(request)
        if said is None:
            self.cancelled.wait(10.0)  # too late for anybody
            said = (False, 'too late')
        response.success, response.message = said
        return response

    def _drive(self, handle: Any) -> NavigateToPose.Result:
        at = handle.request.pose.pose.position
        self.goals.append((at.x, at.y))
        told = self.drive(at.x, at.y)
        ends = time.monotonic() + 10.0
        while told is None and time.monotonic() < ends:
            if handle.is_cancel_requested:
                self.cancelled.set()
                handle.canceled()
                return NavigateToPose.Result()
            time.sleep(0.02)
        status, code = told or (GoalStatus.STATUS_ABORTED, 1)
        if status == GoalStatus.STATUS_SUCCEEDED:
            if self.moves:
                self._stand(at.x, at.y)
            handle.succeed()
        else:
            handle.abort()
        return NavigateToPose.Result(error_code=code, error_msg='as scripted')

    def start(self) -> None:
        assert self.call('start').success

    def begun_within(self, seconds: float) -> bool:
        """Ask for a mission whoever may hear it, and whether one has begun then."""
        self._triggers['start'].call_async(Trigger.Request())
        time.sleep(seconds)
        return bool(self.steps)

    def call(self, name: str) -> Trigger.Response:
        client = self._triggers[name]
        assert client.wait_for_service(PATIENCE_S)
        future = client.call_async(Trigger.Request())
        self.wait_for(future.done, name)
        return future.result()

    def ended(self) -> MissionStep:
        """The mission's last step."""
        return self.wait_for(
            lambda: next(
                (s for s in self.steps if s.step == 'mission' and s.state != MissionStep.STARTED
                 and s.state != MissionStep.RECOVERING), None),
            'the end of the mission',
        )  # fmt: skip

    def mission(self) -> MissionStep:
        self.start()
        return self.ended()

    def wait_for(self, condition: Callable[[], Any], what: str) -> Any:
        ends = time.monotonic() + PATIENCE_S
        while not (found := condition()):
            assert time.monotonic() < ends, f'waited {PATIENCE_S} s for {what}'
            time.sleep(0.02)
        return found

    def told(self, step: str, state: int) -> list[str]:
        return [s.message for s in self.steps if s.step == step and s.state == state]

    def close(self) -> None:
        self.cancelled.set()
        self.planner_executor.shutdown(timeout_sec=5.0)
        self.executor.shutdown(timeout_sec=5.0)
        if self.planner is not None:
            self.planner.destroy_node()
        if self.server is not None:
            self.server.destroy()
        self.node.destroy_node()
        rclpy.shutdown(context=self.context)


def spin(executor: Any, context: Context) -> None:
    while context.ok() and not executor._is_shutdown:
        try:
            executor.spin_once(timeout_sec=0.1)
        except Exception:
            if context.ok() and not executor._is_shutdown:
                raise
            return


def far(x: float, y: float) -> bool:
    """Whether a goal is away from the pallet's side where the robot docks."""
    return math.dist((x, y), (1.2, 0.0)) > 0.8
