# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A robot for tests.

The real node on the real middleware, a camera that shows it what a test wants.
"""

from __future__ import annotations

import copy
import gc
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import rclpy
from builtin_interfaces.msg import Duration
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import CameraInfo, Image
from tf2_msgs.msg import TFMessage
from vision_msgs.msg import Detection2DArray

from smolrgpt_ros.messages.conversions import nanoseconds_from
from smolrgpt_ros.ros.answer_messages import time_from
from smolrgpt_ros.ros.filming import Shot, film
from smolrgpt_ros.ros.node import SpatialQueryNode
from smolrgpt_ros.srv import SpatialQuery
from smolrgpt_ros.warehouse.filming import Film

PATIENCE_S = 10.0
# A machine with much to do takes its time between a picture and the question about it.
PATIENT = {'max_age': 30.0, 'timeout': 30.0}
RELIABLE = {
    f'qos.{topic}.reliability': 'reliable'
    for topic in ('image', 'depth', 'camera_info', 'detections')
}
LATCHED = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)
BURST = QoSProfile(depth=1000)


@cache
def _shot() -> Shot:
    return film(Film(seed=1, size_px=(640, 480), viewpoint='high'))[0][0]


def good_shot() -> Shot:
    """A picture that everything can be asked about; the test may change it."""
    return copy.deepcopy(_shot())


def ids_of(shot: Shot, class_id: str) -> list[str]:
    """Ids of one class in a shot."""
    return [
        d.id for d in shot.detections.detections if d.results[0].hypothesis.class_id == class_id
    ]


@dataclass(frozen=True)
class Heard:
    """One status of /diagnostics."""

    name: str
    level: int
    message: str
    values: dict[str, str]


class Tester:
    """Camera and asker, for a node in this process or in another one."""

    def __init__(self) -> None:
        self.context = Context()
        rclpy.init(context=self.context)
        self.tester = rclpy.create_node('tester', context=self.context)
        self._tester_executor = SingleThreadedExecutor(context=self.context)
        self._tester_executor.add_node(self.tester)
        self.image = self.tester.create_publisher(Image, 'image', 10)
        self.depth = self.tester.create_publisher(Image, 'depth', 10)
        self.camera_info = self.tester.create_publisher(CameraInfo, 'camera_info', 10)
        self.detections = self.tester.create_publisher(Detection2DArray, 'detections', 10)
        self.mask = self.tester.create_publisher(Image, 'mask', 10)
        self.depth_camera_info = self.tester.create_publisher(CameraInfo, 'depth_camera_info', 10)
        self.tf = self.tester.create_publisher(TFMessage, '/tf', 100)
        self.tf_static = self.tester.create_publisher(TFMessage, '/tf_static', LATCHED)
        self.client = self.tester.create_client(SpatialQuery, 'spatial_query', qos_profile=BURST)
        self._heard: list[DiagnosticArray] = []
        self.tester.create_subscription(DiagnosticArray, '/diagnostics', self._heard.append, 10)

    def now_ns(self) -> int:
        """Time of the tester's clock."""
        return int(self.tester.get_clock().now().nanoseconds)

    def wait_for_subscriptions(self) -> None:
        """Wait until the camera's topics are connected."""
        self.wait_for(lambda: all(p.get_subscription_count() for p in self._fed()), 'subscriptions')

    def _fed(self) -> tuple[Any, ...]:
        return self.image, self.depth, self.camera_info, self.detections

    def unpublish(self, topic: str) -> None:
        """Take a publisher of the camera down."""
        self.tester.destroy_publisher(getattr(self, topic))

    def republish(self, topic: str, message_type: type | None = None, qos: Any = 10) -> None:
        """Put another publisher in the place of one of the camera's, destroyed before or now."""
        old = getattr(self, topic)
        self.tester.destroy_publisher(old)
        setattr(self, topic, self.tester.create_publisher(message_type or old.msg_type, topic, qos))

    def publish(
        self, shot: Shot, stamp_ns: int, *, leave_out: tuple[str, ...] = (), **late_ns: int
    ) -> None:
        """Publish a picture; `late_ns` moves the stamp of one input, as in depth=-83_000_000."""
        for topic in ('camera_info', 'detections', 'mask', 'depth', 'image'):
            if topic in leave_out:
                continue
            message = getattr(shot, topic)
            message.header.stamp = time_from(stamp_ns + late_ns.get(topic, 0))
            getattr(self, topic).publish(message)

    def ask_async(self, question: str, **fields: Any) -> Any:
        """Send a question; returns its future."""
        for name in ('max_age', 'timeout'):
            if isinstance(fields.get(name), (int, float)):
                sec, nanosec = divmod(round(fields[name] * 1e9), 1_000_000_000)
                fields[name] = Duration(sec=sec, nanosec=nanosec)
        return self.client.call_async(SpatialQuery.Request(question=question, **fields))

    def ask(self, question: str, **fields: Any) -> SpatialQuery.Response:
        """Ask and wait for the answer."""
        return self.result_of(self.ask_async(question, **fields))

    def result_of(self, future: Any) -> Any:
        """Wait for a future."""
        self.wait_for(future.done, 'an answer')
        return future.result()

    def wait_for(
        self,
        condition: Callable[[], Any],
        what: str | Callable[[], str],
        patience_s: float = PATIENCE_S,
    ) -> Any:
        """Spin the asker until `condition` holds; returns what it gave."""
        ends = time.monotonic() + patience_s
        while not (found := condition()):
            if time.monotonic() >= ends:
                told = what if isinstance(what, str) else what()
                raise AssertionError(f'waited {patience_s} s for {told}')
            self._tester_executor.spin_once(timeout_sec=0.01)
        return found

    def hear(self, name: str, *fragments: str) -> Heard:
        """Wait for a new status whose name ends with `name` and whose message has all fragments."""
        # Older ones may wait in the middleware's queue.
        asked_ns = self.now_ns()
        latest = ''

        def found() -> Heard | None:
            nonlocal latest
            while self._heard:
                array = self._heard.pop(0)
                if nanoseconds_from(array.header.stamp) < asked_ns:
                    continue
                for status in array.status:
                    if status.name.endswith(name):
                        latest = status.message
                        if all(fragment in status.message for fragment in fragments):
                            values = {pair.key: pair.value for pair in status.values}
                            return Heard(
                                status.name,
                                int.from_bytes(status.level, 'big'),
                                status.message,
                                values,
                            )
            return None

        try:
            return self.wait_for(found, f'{name} with {fragments}', 5.0)
        except AssertionError as error:
            raise AssertionError(f'{error}; the latest was {latest!r}') from None

    def close(self) -> None:
        """Take everything down."""
        self._tester_executor.shutdown(timeout_sec=5.0)
        self.tester.destroy_node()
        rclpy.shutdown(context=self.context)
        # The middleware's participant goes with the last reference to its entities; one that stays
        # takes a place among those that processes on this machine can discover.
        vars(self).clear()
        gc.collect()


class Robot(Tester):
    """Node, camera and asker in one process, each with an executor of its own."""

    def __init__(self, *, owns_process: bool = False, **parameters: Any):
        super().__init__()
        overrides = [
            Parameter(name, value=value)
            for name, value in (RELIABLE | PATIENT | parameters).items()
        ]
        self.node = SpatialQueryNode(
            context=self.context, parameter_overrides=overrides, owns_process=owns_process
        )
        self._executor = SingleThreadedExecutor(context=self.context)
        self._executor.add_node(self.node)
        self._thread = threading.Thread(target=self._spin, args=(self._executor,), daemon=True)
        self._thread.start()
        assert self.client.wait_for_service(PATIENCE_S)

    def _spin(self, executor: SingleThreadedExecutor) -> None:
        while self.context.ok() and not executor._is_shutdown:
            try:
                executor.spin_once(timeout_sec=0.2)
            except Exception:
                if self.context.ok():
                    raise
                return

    def now_ns(self) -> int:
        """Time of the node's clock."""
        return int(self.node.get_clock().now().nanoseconds)

    def activate(self) -> None:
        """Configure and activate; wait until the camera's topics are connected."""
        self.node.trigger_configure()
        self.node.trigger_activate()
        self.wait_for_subscriptions()

    def show(self, shot: Shot | None = None, *, age_s: float = 0.0) -> int:
        """Publish a picture and wait until the node has matched it; returns its stamp."""
        session = self.node.session
        assert session is not None
        matched = session.synchroniser.matched
        stamp_ns = self.now_ns() - round(age_s * 1e9)
        self.publish(shot or good_shot(), stamp_ns)
        self.wait_for(lambda: session.synchroniser.matched > matched, 'a matched set')
        return stamp_ns

    def close(self) -> None:
        """Take everything down."""
        self._executor.shutdown(timeout_sec=5.0)
        self._thread.join(5.0)
        self.node.destroy_node()
        super().close()


def with_detections(shot: Shot, change: Callable[[Any], None]) -> Shot:
    """The shot with `change` applied to its detections message."""
    change(shot.detections)
    return replace(shot)
