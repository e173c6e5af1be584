# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Publishes /diagnostics at a steady rate, in every lifecycle state and whatever the time does."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock, ClockType

from smolrgpt_ros.ros import diagnostics
from smolrgpt_ros.ros.clock_watch import ClockWatch
from smolrgpt_ros.ros.diagnostics import ERROR, Report
from smolrgpt_ros.ros.session import Session

if TYPE_CHECKING:
    from smolrgpt_ros.ros.node import SpatialQueryNode


class Monitor:
    """Looks at the node from time to time."""

    def __init__(self, node: SpatialQueryNode):
        self._node = node
        self._previous: dict[str, int] = {}
        self._clock_watch = ClockWatch()
        self._publisher = node.create_publisher(DiagnosticArray, '/diagnostics', 10)
        self._period_s = node.settings.diagnostics_period
        # By the node's own clock there would be no report while a simulation is paused, nor, after
        # the time was set back by an hour, for an hour.
        self._timer = node.create_timer(
            self._period_s,
            self._publish,
            callback_group=MutuallyExclusiveCallbackGroup(),
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        )

    def _publish(self) -> None:
        node = self._node
        if node.settings.diagnostics_period != self._period_s:
            self._period_s = node.settings.diagnostics_period
            self._timer.timer_period_ns = round(self._period_s * 1e9)
        array = DiagnosticArray()
        array.header.stamp = node.get_clock().now().to_msg()
        try:
            reports = self._reports()
        except Exception as error:
            # What a timer raises ends the node; a node without reports is better than none.
            report = Report('node', '')
            report.problem(f'there is no report: {type(error).__name__}: {error}', ERROR)
            reports = [report]
            node.log_failure('the report for /diagnostics failed', error)
        for report in reports:
            report.name = f'{node.get_name()}: {report.name}'
            array.status.append(report.message())
        self._publisher.publish(array)

    def _reports(self) -> list[Report]:
        node, session = self._node, self._node.session
        now_s, now_ns = time.monotonic(), node.get_clock().now().nanoseconds
        simulated = bool(node.get_parameter('use_sim_time').value)
        itself = diagnostics.report_node(
            'active' if session else 'not active: no pictures are received',
            failed=node.failed_transition,
            clock=self._clock_watch.look(now_ns, now_s, simulated=simulated),
            deaf=node.listening.deaf,
            troubles=_sentences(node.troubles.take()),
            renewals=node.renewals,
        )
        engines, worker = node.engines, node.worker
        questions = diagnostics.report_questions(
            node.service.counts,
            tuple(node.service.latencies_s),
            waiting=worker.waiting if worker else 0,
            problems=engines.current_problems if engines else {},
            failures=node.service.failures.take(),
            notes=engines.current_notes if engines else {},
        )
        if session is None:
            return [itself, questions]
        return [itself, *self._of_session(session, now_s, now_ns), questions]

    def _of_session(self, session: Session, now_s: float, now_ns: int) -> list[Report]:
        node = self._node
        synchroniser = session.synchroniser
        companions, _ = synchroniser.arrivals['camera_info'].lately(now_s)
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
                    companions=companions if topic == 'image' else 0,
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
        if built:
            scene.values['picture_size'] = 'x'.join(map(str, built.scene.size_px))
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
            restart=session.transforms.restart_note(),
        )
        return [*inputs, matching, scene, transforms]


def _sentences(troubles: Mapping[str, tuple[int, str]]) -> list[str]:
    return [
        f'{sentence} ({count} times since the last report)' if count > 1 else sentence
        for count, sentence in troubles.values()
    ]
