# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The two nodes as processes.

Up over their lifecycle service, a real answer, a clean end at a signal.
"""

from __future__ import annotations

import platform
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import rclpy
from lifecycle_msgs.msg import State, Transition
from lifecycle_msgs.srv import ChangeState, GetState
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.qos import QoSProfile

from smolrgpt_ros.ros.warehouse_camera import (
    CAMERA_INFO_TOPIC,
    DEPTH_TOPIC,
    DETECTIONS_TOPIC,
    IMAGE_TOPIC,
)
from smolrgpt_ros.srv import SpatialQuery

ROOT = Path(__file__).resolve().parents[2]
REMAPS = (
    f'image:={IMAGE_TOPIC}',
    f'depth:={DEPTH_TOPIC}',
    f'camera_info:={CAMERA_INFO_TOPIC}',
    f'detections:={DETECTIONS_TOPIC}',
)
CAMERA = ('width:=320', 'height:=240', 'rate:=10.0', 'drive:=0.4', 'frames:=3')
PATIENCE_S = 40.0


class Asker:
    def __init__(self) -> None:
        self.context = Context()
        rclpy.init(context=self.context)
        self.node = rclpy.create_node('asker', context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)

    def call(self, kind: type, name: str, request: object) -> object:
        client = self.node.create_client(kind, name)
        assert client.wait_for_service(PATIENCE_S), name
        future = client.call_async(request)
        self.executor.spin_until_future_complete(future, 5.0)
        self.node.destroy_client(client)
        return future.result()

    def close(self) -> None:
        self.executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self.context)


@pytest.fixture
def asker(ros_domain: int) -> Iterator[Asker]:
    asker = Asker()
    yield asker
    asker.close()


def bring_up(asker: Asker, node: subprocess.Popen) -> None:
    """Until the node is active.

    On a busy machine the middleware may lose the first reply of a service.
    """
    next_step = {
        State.PRIMARY_STATE_UNCONFIGURED: Transition.TRANSITION_CONFIGURE,
        State.PRIMARY_STATE_INACTIVE: Transition.TRANSITION_ACTIVATE,
    }
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        assert node.poll() is None, 'the node has ended'
        seen = asker.call(GetState, '/spatial_query/get_state', GetState.Request())
        state = seen.current_state.id if seen else None
        if state == State.PRIMARY_STATE_ACTIVE:
            return
        if state in next_step:
            request = ChangeState.Request()
            request.transition.id = next_step[state]
            asker.call(ChangeState, '/spatial_query/change_state', request)
    raise AssertionError(f'the node is not active after {PATIENCE_S} s')


def started(module: str, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, '-m', module, '--ros-args', *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def ended(process: subprocess.Popen, number: signal.Signals) -> str:
    process.send_signal(number)
    try:
        output, _ = process.communicate(timeout=20.0)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode == 0, output
    assert 'Traceback' not in output, output
    return output


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_both_nodes_end_cleanly_at_a_signal(asker: Asker, number: signal.Signals):
    remaps = [word for remap in REMAPS for word in ('-r', remap)]
    node = started('smolrgpt_ros.ros.query_process', *remaps)
    camera = started(
        'smolrgpt_ros.ros.warehouse_camera', *(word for p in CAMERA for word in ('-p', p))
    )
    try:
        bring_up(asker, node)
        request = SpatialQuery.Request(question='where is the nearest pallet?', target_frame='map')
        request.max_age.sec = 30
        ends = time.monotonic() + PATIENCE_S
        response = None
        while response is None or response.status != 0:
            assert time.monotonic() < ends, response and response.message
            response = asker.call(SpatialQuery, '/spatial_query', request)
        assert response.answer.header.frame_id == 'map'
        # A thing that stands on the floor of the map, seen from a camera that drives.
        assert 0.0 <= response.answer.objects[0].position.z < 3.0
        # The signal comes while questions wait and are answered.
        # A client keeps ten replies unless it is told to; who is refused is refused at once.
        kept = QoSProfile(depth=100)
        client = asker.node.create_client(SpatialQuery, '/spatial_query', qos_profile=kept)
        assert client.wait_for_service(PATIENCE_S)
        waiting = [client.call_async(request) for _ in range(30)]
        asker.executor.spin_until_future_complete(waiting[0], PATIENCE_S)
        assert waiting[0].done()
        output = ended(node, number)
        # Of the node itself; Fast DDS and rclpy have words of their own for others who come and go.
        assert '[ERROR]' not in output, output
        ended(camera, number)
    finally:
        for process in (node, camera):
            process.kill()
            process.wait()


def state_of(asker: Asker) -> int | None:
    """The lifecycle state, None where nobody tells it."""
    client = asker.node.create_client(GetState, '/spatial_query/get_state')
    try:
        if not client.wait_for_service(1.0):
            return None
        future = client.call_async(GetState.Request())
        asker.executor.spin_until_future_complete(future, 1.0)
        return future.result().current_state.id if future.result() else None
    finally:
        asker.node.destroy_client(client)


def until_active(asker: Asker, node: subprocess.Popen[str]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while (state := state_of(asker)) != State.PRIMARY_STATE_ACTIVE:
        assert node.poll() is None, 'the node has ended'
        assert time.monotonic() < ends, f'state {state}'


def arenas_beside_the_first(pid: int) -> list[str]:
    """Where glibc has the heaps of further arenas: 64 MiB reserved each, at a multiple of that."""
    size = 64 << 20
    found = []
    before = 0
    for line in Path(f'/proc/{pid}/maps').read_text(encoding='utf-8').splitlines():
        addresses, access, *_, inode = line.split(maxsplit=5)[:5]
        start, end = (int(part, 16) for part in addresses.split('-'))
        if access == '---p' and inode == '0' and end % size == 0 and before == end - size:
            found.append(line)
        if access.startswith('rw'):
            before = start
    return found


def test_all_memory_comes_from_one_arena(asker: Asker):
    """Of another one, what is free at its top would stay with the process."""
    node = started('smolrgpt_ros.ros.query_process', '-p', 'autostart_node:=true')
    others = started('smolrgpt_ros.ros.warehouse_camera')
    try:
        until_active(asker, node)
        assert arenas_beside_the_first(node.pid) == []
        if platform.libc_ver()[0] == 'glibc':
            assert arenas_beside_the_first(others.pid)  # what would be seen
    finally:
        for process in (node, others):
            process.kill()
            process.wait()


def test_a_node_that_starts_itself_does_so_again_after_it_was_killed(asker: Asker):
    for _ in range(2):
        node = started('smolrgpt_ros.ros.query_process', '-p', 'autostart_node:=true')
        try:
            until_active(asker, node)
        finally:
            node.kill()
            node.wait()
