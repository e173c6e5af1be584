# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Publishers that a subscription can hear nothing of.

Another type, or a quality of service that does not fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rclpy.qos import QoSCompatibility, QoSProfile, qos_check_compatible

if TYPE_CHECKING:
    from rclpy.node import Node
    from rclpy.topic_endpoint_info import TopicEndpointInfo


def type_name(message_type: type) -> str:
    """'sensor_msgs/msg/Image' of the class."""
    package, kind = message_type.__module__.split('.')[:2]
    return f'{package}/{kind}/{message_type.__name__}'


def unheard_publishers(
    node: Node, name: str, topic: str, message_type: type, qos: QoSProfile
) -> tuple[int, str]:
    """How many publish `topic`, and a sentence about those that cannot be heard ('' for none).

    Asked from the graph rather than from the middleware's events: in a wait set, those wake the
    executor for every message.

    Args:
        name: the input's name in parameters.
        topic: its full name.
    """
    publishers = node.get_publishers_info_by_topic(topic)
    return len(publishers), mismatch(name, topic, type_name(message_type), qos, publishers)


def mismatch(
    name: str,
    topic: str,
    expected_type: str,
    qos: QoSProfile,
    publishers: Sequence[TopicEndpointInfo],
) -> str:
    """What keeps publishers from being heard, in a sentence; '' where nothing does."""
    for publisher in publishers:
        who = f'{publisher.node_namespace.rstrip("/")}/{publisher.node_name}'
        if publisher.topic_type != expected_type:
            return f'{who} publishes {topic} as {publisher.topic_type}, expected {expected_type}'
        compatible, reason = qos_check_compatible(publisher.qos_profile, qos)
        if compatible == QoSCompatibility.ERROR:
            return (
                f'nothing that {who} publishes on {topic} can arrive, the quality of service '
                'does not fit '
                f'({reason.removeprefix("ERROR: ").rstrip(" ;")}); set qos.{name}.reliability to '
                'best_effort'
            )
    return ''
