# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Start spatial_query on a synthetic warehouse camera: everything to try, and no robot."""

import os

from ament_index_python.packages import get_package_share_directory
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from launch import LaunchDescription

SHARE = get_package_share_directory('smolrgpt_ros')

# Name, default, type, meaning: parameters of the camera.
CAMERA = (
    ('seed', '1', int, 'Which warehouse'),
    ('viewpoint', 'high', str, 'high (under the roof) or robot'),
    ('noise', 'false', bool, 'Depth and boxes of a stereo camera and a detector'),
    ('drive', '0.0', float, 'How far the camera drives ahead and back, metres'),
    ('rate', '30.0', float, 'Frames a second'),
    ('width', '1280', int, 'Pixels across'),
    ('height', '720', int, 'Pixels down'),
)


def generate_launch_description():
    """What `ros2 launch smolrgpt_ros demo.launch.py` starts."""
    arguments = [
        DeclareLaunchArgument(name, default_value=default, description=meaning)
        for name, default, _, meaning in CAMERA
    ]
    camera = Node(
        package='smolrgpt_ros',
        executable='warehouse_camera_node',
        name='warehouse_camera',
        parameters=[
            {
                name: ParameterValue(LaunchConfiguration(name), value_type=kind)
                for name, _, kind, _ in CAMERA
            }
        ],
        additional_env={
            'FASTDDS_DEFAULT_PROFILES_FILE': os.path.join(SHARE, 'config', 'fastdds.xml')
        },
        output='screen',
    )
    node = IncludeLaunchDescription(
        PythonLaunchDescriptionSource(os.path.join(SHARE, 'launch', 'warehouse.launch.py'))
    )
    return LaunchDescription([*arguments, camera, node])
