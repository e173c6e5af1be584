# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Start spatial_query on a robot's camera.

Argument names are Nav2's, topic defaults realsense-ros'.
"""

import os

from ament_index_python.packages import get_package_share_directory
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from launch import LaunchDescription
from smolrgpt_ros.distribution import profile_variables

SHARE = get_package_share_directory('smolrgpt_ros')

ARGUMENTS = (
    ('namespace', '', 'Namespace of the node and of its service'),
    ('use_sim_time', 'false', 'Take the time from /clock'),
    (
        'params_file',
        os.path.join(SHARE, 'config', 'warehouse.yaml'),
        'YAML file with the parameters',
    ),
    ('autostart', 'true', 'Configure and activate the node when it has started'),
    ('use_respawn', 'false', 'Start the node again when it has died'),
    ('log_level', 'info', 'debug, info, warn, error or fatal'),
    ('image_topic', '/camera/camera/color/image_raw', 'Colour picture'),
    (
        'depth_topic',
        '/camera/camera/aligned_depth_to_color/image_raw',
        'Depth, aligned to the colour picture',
    ),
    ('camera_info_topic', '/camera/camera/color/camera_info', 'Intrinsics of the colour camera'),
    (
        'detections_topic',
        '/detections',
        'vision_msgs/Detection2DArray in pixels of the colour picture',
    ),
    ('mask_topic', '/detections/mask', 'Instance or label picture; used where use_mask is true'),
    (
        'depth_camera_info_topic',
        '/camera/camera/depth/camera_info',
        'Intrinsics of the depth camera; used where use_depth_camera_info is true',
    ),
    (
        'fastdds_profile',
        os.path.join(SHARE, 'config', 'fastdds.xml'),
        'Fast DDS profile with a shared-memory segment large enough for pictures; empty: none '
        'is set',
    ),
)
INPUTS = ('image', 'depth', 'camera_info', 'detections', 'mask', 'depth_camera_info')


def start_node(context):
    """The node; needs the arguments' values for its environment.

    It activates itself. Events of launch_ros would not do so again after a respawn: they ask
    whoever offers the service then, which for a while is the process that has died.
    """
    profile = LaunchConfiguration('fastdds_profile').perform(context)
    node = Node(
        package='smolrgpt_ros',
        executable='spatial_query_node',
        name='spatial_query',
        namespace=LaunchConfiguration('namespace'),
        parameters=[
            LaunchConfiguration('params_file'),
            {'use_sim_time': switch('use_sim_time'), 'autostart_node': switch('autostart')},
        ],
        remappings=[
            ('/tf', 'tf'),
            ('/tf_static', 'tf_static'),
            *((name, LaunchConfiguration(f'{name}_topic')) for name in INPUTS),
        ],
        arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')],
        additional_env=environment(profile),
        respawn=LaunchConfiguration('use_respawn').perform(context).lower() in ('true', '1'),
        respawn_delay=0.1,
        output='screen',
    )
    return [node]


def switch(argument):
    """The value of a launch argument that is true or false."""
    return ParameterValue(LaunchConfiguration(argument), value_type=bool)


def environment(profile):
    """Variables of the node's process: the middleware's profile, one thread for small matrices."""
    return {'OPENBLAS_NUM_THREADS': '1', **profile_variables(profile)}


def generate_launch_description():
    """What `ros2 launch smolrgpt_ros warehouse.launch.py` starts."""
    return LaunchDescription(
        [
            *(
                DeclareLaunchArgument(name, default_value=default, description=description)
                for name, default, description in ARGUMENTS
            ),
            OpaqueFunction(function=start_node),
        ]
    )
