# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What differs between the ROS 2 distributions from Humble to Lyrical; nobody else asks.

The rest of the package keeps to what all of them have, and to what is here. A test looks at every
import and refuses names that one of them lacks (`test/distributions`). What was found alike and so
needs nothing: vision_msgs (4.1 on Humble and Jazzy, 4.2 since, the same fields), message_filters
and tf2_ros as far as they are used.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

try:
    from rclpy.event_handler import SubscriptionEventCallbacks
except ImportError:  # Humble has the module under its old name, which newer ones deprecate
    from rclpy.qos_event import SubscriptionEventCallbacks

__all__ = [
    'NAVIGATION_NO_ERROR',
    'NAVIGATION_UNKNOWN_ERROR',
    'SubscriptionEventCallbacks',
    'discovery_variables',
    'navigation_outcome',
    'profile_variables',
    'set_navigation_outcome',
]

NAVIGATION_NO_ERROR, NAVIGATION_UNKNOWN_ERROR = 0, 9000
"""nav2_msgs/action/NavigateToPose's NONE, named from Iron on, and UNKNOWN, named from Kilted on."""

_FAST_DDS_2 = ('humble', 'iron', 'jazzy')
_OLD_VARIABLE, _NEW_VARIABLE = 'FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE'


def navigation_outcome(result: Any) -> tuple[int, str]:
    """Code and words of a NavigateToPose.Result; (0, '') where the distribution has none.

    Humble's result is empty. Iron's and early Jazzy's have the code without words.
    """
    return int(getattr(result, 'error_code', 0)), str(getattr(result, 'error_msg', ''))


def set_navigation_outcome(result: Any, code: int, message: str) -> Any:
    """Write code and words into a NavigateToPose.Result as far as it has fields; returns it."""
    for field, value in (('error_code', code), ('error_msg', message)):
        if hasattr(result, field):
            setattr(result, field, value)
    return result


def profile_variables(profile: str, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables that make Fast DDS read `profile`; none where the caller has set one, or for ''.

    Fast DDS 2 (up to Jazzy) reads FASTRTPS_DEFAULT_PROFILES_FILE alone, Fast DDS 3 (from Kilted
    on) FASTDDS_DEFAULT_PROFILES_FILE alone.

    Args:
        profile: path of the XML file.
        environment: variables that are set already; None: this process's.
    """
    known = os.environ if environment is None else environment
    name = _OLD_VARIABLE if known.get('ROS_DISTRO') in _FAST_DDS_2 else _NEW_VARIABLE
    return {name: profile} if profile and name not in known else {}


def discovery_variables(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables that keep discovery on this machine; none where the caller has decided already.

    Humble knows ROS_LOCALHOST_ONLY alone, which later distributions warn about.
    """
    known = os.environ if environment is None else environment
    humble = known.get('ROS_DISTRO') == 'humble'
    name = 'ROS_LOCALHOST_ONLY' if humble else 'ROS_AUTOMATIC_DISCOVERY_RANGE'
    return {} if name in known else {name: '1' if humble else 'LOCALHOST'}
