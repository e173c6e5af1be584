# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The launch files, where launch_ros and the package are installed: the demo answers."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
import rclpy

pytest.importorskip('launch_ros')
from ament_index_python.packages import PackageNotFoundError, get_package_share_directory
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource

from launch import LaunchDescription, LaunchService
from smolrgpt_ros.srv import SpatialQuery

PATIENCE_S = 60.0


def launch_folder() -> Path:
    """Of the installed package; the interfaces alone have none."""
    try:
        folder = Path(get_package_share_directory('smolrgpt_ros')) / 'launch'
    except PackageNotFoundError:
        folder = Path('/nonexistent')
    if not folder.is_dir():
        pytest.skip('needs the built package: colcon build, then source install/setup.bash')
    return folder


def asked(question: str) -> SpatialQuery.Response:
    """The first answer to a question; what was said last where there is none in time."""
    rclpy.init()
    try:
        node = rclpy.create_node('launch_asker')
        client = node.create_client(SpatialQuery, '/spatial_query')
        ends = time.monotonic() + PATIENCE_S
        assert client.wait_for_service(PATIENCE_S)
        while True:
            future = client.call_async(SpatialQuery.Request(question=question))
            rclpy.spin_until_future_complete(node, future, timeout_sec=PATIENCE_S)
            response = future.result()
            if response.status == SpatialQuery.Response.OK or time.monotonic() > ends:
                return response
            time.sleep(0.3)
    finally:
        rclpy.shutdown()


def test_demo_comes_up_by_itself_and_answers(ros_domain: int):
    responses: list[SpatialQuery.Response] = []

    demo = IncludeLaunchDescription(
        PythonLaunchDescriptionSource(str(launch_folder() / 'demo.launch.py')),
        launch_arguments={'width': '640', 'height': '480', 'rate': '10.0'}.items(),
    )
    service = LaunchService(noninteractive=True)
    service.include_launch_description(LaunchDescription([demo]))

    def ask_then_end() -> None:
        try:
            responses.append(asked('where is the nearest pallet?'))
        finally:
            service.shutdown()

    asker = threading.Thread(target=ask_then_end, daemon=True)
    asker.start()
    assert service.run() == 0
    asker.join(PATIENCE_S)
    (response,) = responses
    assert response.status == SpatialQuery.Response.OK, response.message
    assert response.answer.header.frame_id == 'map'
