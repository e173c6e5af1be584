# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Publishes /diagnostics once a second, in every lifecycle state."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup

from smolrgpt_ros.ros import diagnostics
from smolrgpt_ros.ros.diagnostics import Report

if TYPE_CHECKING:
    from smolrgpt_ros.ros.node import SpatialQueryNode

PERIOD_S = 1.0


class Monitor:
    """Looks at the node once a second."""

    def __init__(self, node: SpatialQueryNode):
        self._node = node
        self._previous: dict[str, int] = {}
        self._publisher = node.create_publisher(DiagnosticArray, '/diagnostics', 10)
        self._timer = node.create_timer(
            PERIOD_S, self._publish, callback_group=MutuallyExclusiveCallbackGroup()
        )

    def _publish(self) -> None:
        node = self._node
        array = DiagnosticArray()
        array.header.stamp = node.get_clock().now().to_msg()
        for report in self._reports():
            report.name = f'{node.get_name()}: {report.name}'
            array.status.append(report.message())
        self._publisher.publish(array)

    def _reports(self) -> list[Report]:
        node = self._node
        session = node.session
        questions = diagnostics.report_questions(
            node.service.counts,
            tuple(node.service.latencies_s),
            waiting=node.worker.waiting if node.worker else 0,
            problems=node.engines.current_problems if node.engines else {},
        )
        if session is None:
            return [Report('node', 'not active: no pictures are received'), questions]
        now_s, now_ns = time.monotonic(), node.get_clock().now().nanoseconds
        synchroniser = session.synchroniser
        inputs = []
        for topic, arrivals in synchroniser.arrivals.items():
            publishers, unheard = session.publishers_of(topic)
            inputs.append(
                diagnostics.report_input(
                    topic,
                    session.inputs.topic(topic),
                    arrivals,
                    now_s=now_s,
                    now_ns=now_ns,
                    stale_after_s=node.settings.stale_after,
                    encoding=session.encodings.get(topic, ''),
                    unheard=unheard,
                    publishers=publishers,
                )
            )
        matching = diagnostics.report_matching(synchroniser, self._previous, session.restart_note())
        for sentence in session.input_errors():
            matching.problem(sentence)
        synchroniser.latest_drop.clear()
        self._previous = {'matched': synchroniser.matched, 'dropped': synchroniser.dropped}
        built = session.builder.latest
        scene = diagnostics.report_scene(
            built.defects if built else (),
            [note.sentence for note in built.notes] if built else (),
            regions=len(built.scene.regions) if built else 0,
            skipped=built.skipped_detections if built else 0,
        )
        settings = node.settings
        identities = node.identities
        if identities is not None and identities.enabled:
            scene.values['objects_followed'] = str(identities.followed)
            scene.values['followed_in'] = identities.frame or 'the picture alone'
        wanted = [
            name
            for name in (settings.target_frame, settings.gravity_frame, settings.viewer_frame)
            if name
        ]
        transforms = diagnostics.report_transforms(
            session.transforms.newest_ns,
            now_ns,
            wanted=wanted,
            problem=session.builder.gravity_problem,
        )
        return [Report('node', 'active'), *inputs, matching, scene, transforms, questions]
