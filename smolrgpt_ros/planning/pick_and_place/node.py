# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node `pick_and_place`: fetches the right pallet to a buffer when it is told to."""

from __future__ import annotations

import math
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.time import Time
from std_srvs.srv import SetBool, Trigger
from tf2_ros import Buffer, TransformException, TransformListener

from smolrgpt_ros.msg import MissionStep
from smolrgpt_ros.planning.client import SpatialClient
from smolrgpt_ros.planning.pick_and_place.asking import Asking
from smolrgpt_ros.planning.pick_and_place.crew import Crew
from smolrgpt_ros.planning.pick_and_place.driving import Navigator
from smolrgpt_ros.planning.pick_and_place.mission import run_mission
from smolrgpt_ros.planning.pick_and_place.places import FloorPose
from smolrgpt_ros.planning.pick_and_place.reporting import MISSION, Report, StepError
from smolrgpt_ros.planning.pick_and_place.settings import (
    Settings,
    declare_parameters,
    read_settings,
)
from smolrgpt_ros.planning.pick_and_place.source import Source
from smolrgpt_ros.planning.pick_and_place.waiting import Waiting
from smolrgpt_ros.process.listening import Listening
from smolrgpt_ros.process.renewal import Renewal, parameters_of
from smolrgpt_ros.process.spinning import run_node

_TF_S = 20.0
# Of all steps of some missions: who comes late hears them, too.
_STEPS_KEPT = 200


class PickAndPlace(Node):
    """Starts a mission on ~/start, tells its steps on ~/steps, ends it on ~/cancel.

    Attributes:
        listening: whether the process still hears others.
    """

    def __init__(
        self,
        name: str = 'pick_and_place',
        *,
        parameter_overrides: list[Parameter] | None = None,
        context: Context | None = None,
    ):
        """Declare parameters, find the servers."""
        super().__init__(name, parameter_overrides=parameter_overrides, context=context)
        declare_parameters(self)
        kept = QoSProfile(depth=_STEPS_KEPT, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self._steps = self.create_publisher(MissionStep, '~/steps', kept)
        group = ReentrantCallbackGroup()
        self._client = SpatialClient(self)
        self._fork = self.create_client(SetBool, 'fork', callback_group=group)
        self._tf = Buffer()
        self._listener = TransformListener(self._tf, self)
        self.create_service(Trigger, '~/start', self._start)
        self.create_service(Trigger, '~/cancel', self._cancel)
        self._thread: threading.Thread | None = None
        self._waiting = Waiting()
        self._navigator: Navigator | None = None
        self.listening = Listening(self)

    @property
    def busy(self) -> bool:
        """Whether a mission is under way."""
        return self._thread is not None and self._thread.is_alive()

    def _start(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        if self.busy:
            response.success, response.message = False, 'a mission is under way; cancel it first'
            return response
        settings, mission_id = read_settings(self), uuid.uuid4().hex
        self._waiting = Waiting()
        if self._navigator is not None:
            self._navigator.close()
        self._navigator = Navigator(
            self,
            self._waiting,
            timeout_s=settings.navigation_timeout,
            silence_s=settings.navigation_silence,
            frame=settings.map_frame,
        )
        self._thread = threading.Thread(
            target=self._run, args=(settings, mission_id, self._waiting, self._navigator)
        )
        self._thread.start()
        response.success, response.message = True, mission_id
        return response

    def _cancel(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        running = self.busy
        self._waiting.stop()
        response.success = running
        response.message = 'the mission ends' if running else 'no mission is under way'
        return response

    def _run(
        self, settings: Settings, mission_id: str, waiting: Waiting, navigator: Navigator
    ) -> None:
        def tell(step: str, state: int, message: str, object_id: str, target: Any) -> None:
            self._tell(mission_id, step, state, message, object_id, target, navigator)

        report = Report(tell)
        source = Source(self._client, waiting, settings)
        crew = Crew(
            settings,
            Asking(source, waiting, settings, report.recovering),
            navigator,
            lambda up: self._move_fork(up, waiting, settings),
            where=lambda: self._where(settings, waiting),
            now_ns=lambda: self.get_clock().now().nanoseconds,
            report=report,
        )
        try:
            run_mission(crew)
        except StepError:
            pass  # told already
        except Exception as error:
            # Nobody else would hear of it, and whoever waits for the end would wait for ever.
            self.get_logger().error(f'the mission failed:\n{traceback.format_exc()}')
            tell(MISSION, MissionStep.FAILED, f'{type(error).__name__}: {error}', '', None)

    def _move_fork(self, up: bool, waiting: Waiting, settings: Settings) -> tuple[bool, str]:
        response = waiting.call(self._fork, SetBool.Request(data=up), settings.fork_timeout)
        return response.success, response.message

    def _where(self, settings: Settings, waiting: Waiting) -> FloorPose:
        """Where the base stands. Raises StepError where TF does not say."""
        ends = time.monotonic() + _TF_S
        while True:
            try:
                found = self._tf.lookup_transform(settings.map_frame, settings.base_frame, Time())
                break
            except TransformException as error:
                if time.monotonic() > ends:
                    raise StepError(f'where the robot stands is unknown: {error}') from error
            waiting.pause(0.1)
        at, q = found.transform.translation, found.transform.rotation
        yaw = math.atan2(2.0 * (q.w * q.z + q.x * q.y), 1.0 - 2.0 * (q.y * q.y + q.z * q.z))
        return FloorPose(at.x, at.y, yaw)

    def _tell(
        self,
        mission_id: str,
        step: str,
        state: int,
        message: str,
        object_id: str,
        target: FloorPose | None,
        navigator: Navigator,
    ) -> None:
        told = MissionStep(
            mission_id=mission_id, step=step, state=state, message=message, object_id=object_id
        )
        told.stamp = self.get_clock().now().to_msg()
        if target is not None:
            told.target = navigator.message(target)
        if self.context.ok():
            self._steps.publish(told)
            log = self.get_logger()
            # rclpy ties a severity to the line that logs.
            if state == MissionStep.FAILED:
                log.error(f'{step}: {message}')
            elif state == MissionStep.RECOVERING:
                log.warning(f'{step}: {message}')
            else:
                log.info(f'{step}: {message}')

    def wind_down(self) -> Callable[[], bool]:
        """Cancel the mission, and a drive with it; returns what tells whether that is done."""
        self._waiting.stop()
        return lambda: not self.busy

    def destroy_node(self) -> None:
        """End the mission, then the node."""
        self._waiting.stop()
        if self._thread is not None:
            self._thread.join(5.0)
        if self._navigator is not None:
            self._navigator.close()
        self._client.close()
        super().destroy_node()


def main(args: Sequence[str] | None = None) -> int:
    """Run the node until it is interrupted."""
    return run_node(PickAndPlace, args, on_made=Renewal(_successor).watch)


def _successor(node: PickAndPlace) -> Callable[[], PickAndPlace] | None:
    """The same again once no mission is under way: what a deaf one waits for ends in time."""
    if node.busy:
        return None
    parameters = parameters_of(node)
    return lambda: PickAndPlace(parameter_overrides=parameters)


if __name__ == '__main__':
    sys.exit(main())
