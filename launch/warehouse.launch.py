# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Start spatial_query on a robot's camera.

Argument names are Nav2's, topic defaults realsense-ros'.
"""

import os

from ament_index_python.packages import get_package_share_directory
from launch.actions import DeclareLaunchArgument, EmitEvent, OpaqueFunction, RegisterEventHandler
from launch.conditions import IfCondition
from launch.event_handlers import OnProcessStart
from launch.events import matches_action
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import LifecycleNode
from launch_ros.event_handlers import OnStateTransition
from launch_ros.events.lifecycle import ChangeState
from launch_ros.parameter_descriptions import ParameterValue
from lifecycle_msgs.msg import Transition

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
    """The node and the events that bring it up; needs the arguments' values for its environment."""
    profile = LaunchConfiguration('fastdds_profile').perform(context)
    node = LifecycleNode(
        package='smolrgpt_ros',
        executable='spatial_query_node',
        name='spatial_query',
        namespace=LaunchConfiguration('namespace'),
        parameters=[
            LaunchConfiguration('params_file'),
            {'use_sim_time': ParameterValue(LaunchConfiguration('use_sim_time'), value_type=bool)},
        ],
        remappings=[
            ('/tf', 'tf'),
            ('/tf_static', 'tf_static'),
            *((name, LaunchConfiguration(f'{name}_topic')) for name in INPUTS),
        ],
        arguments=['--ros-args', '--log-level', LaunchConfiguration('log_level')],
        additional_env=environment(profile),
        respawn=LaunchConfiguration('use_respawn').perform(context).lower() in ('true', '1'),
        respawn_delay=2.0,
        output='screen',
    )
    # By events rather than by LifecycleNode's autostart, which exists from Kilted on only. Each
    # start of the process counts: a node that was respawned is brought up again.
    autostart = IfCondition(LaunchConfiguration('autostart'))
    configure = RegisterEventHandler(
        OnProcessStart(
            target_action=node, on_start=[change(node, Transition.TRANSITION_CONFIGURE)]
        ),
        condition=autostart,
    )
    activate = RegisterEventHandler(
        OnStateTransition(
            target_lifecycle_node=node,
            start_state='configuring',
            goal_state='inactive',
            entities=[change(node, Transition.TRANSITION_ACTIVATE)],
        ),
        condition=autostart,
    )
    return [configure, activate, node]


def change(node, transition_id):
    """Ask the node for a transition."""
    return EmitEvent(
        event=ChangeState(lifecycle_node_matcher=matches_action(node), transition_id=transition_id)
    )


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
