# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Start spatial_query on a synthetic warehouse camera: everything to try, and no robot.

With `mission:=true` a mock robot takes the camera's place, and pick_and_place waits for
`ros2 service call /pick_and_place/start std_srvs/srv/Trigger`.
"""

import os

from ament_index_python.packages import get_package_share_directory
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription
from launch.conditions import IfCondition, UnlessCondition
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from launch import LaunchDescription
from smolrgpt_ros.distribution import profile_variables

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


# The same of the mission.
ROBOT = (
    ('errand', '4', int, 'Which random errand: its hall, and where the mock robot begins'),
    ('speed_factor', '4.0', float, 'How fast the mock robot and /clock run while it drives'),
)
MISSION = (('buffer', 'buffer_2', str, 'Where pick_and_place brings the pallet: an id or words'),)


def parameters_of(arguments):
    """Parameters of a node from launch arguments."""
    return {
        name: ParameterValue(LaunchConfiguration(name), value_type=kind)
        for name, _, kind, _ in arguments
    }


def generate_launch_description():
    """What `ros2 launch smolrgpt_ros demo.launch.py` starts."""
    arguments = [
        DeclareLaunchArgument(
            'mission',
            default_value='false',
            description='A mock robot and pick_and_place instead of the camera',
        ),
        *(
            DeclareLaunchArgument(name, default_value=default, description=meaning)
            for name, default, _, meaning in (*CAMERA, *ROBOT, *MISSION)
        ),
    ]
    mission = LaunchConfiguration('mission')
    profile = profile_variables(os.path.join(SHARE, 'config', 'fastdds.xml'))
    camera = Node(
        package='smolrgpt_ros',
        executable='warehouse_camera_node',
        name='warehouse_camera',
        parameters=[parameters_of(CAMERA)],
        additional_env=profile,
        output='screen',
        condition=UnlessCondition(mission),
    )
    robot = Node(
        package='smolrgpt_ros',
        executable='mock_robot',
        name='mock_robot',
        parameters=[parameters_of(ROBOT)],
        additional_env=profile,
        output='screen',
        condition=IfCondition(mission),
    )
    planner = Node(
        package='smolrgpt_ros',
        executable='pick_and_place',
        name='pick_and_place',
        parameters=[parameters_of(MISSION), {'use_sim_time': True}],
        additional_env=profile,
        output='screen',
        condition=IfCondition(mission),
    )
    node = IncludeLaunchDescription(
        PythonLaunchDescriptionSource(os.path.join(SHARE, 'launch', 'warehouse.launch.py')),
        # The mock robot publishes /clock.
        launch_arguments={'use_sim_time': mission}.items(),
    )
    return LaunchDescription([*arguments, camera, robot, planner, node])
