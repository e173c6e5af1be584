# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt watch` beside a running node, over the real middleware."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time

import pytest
from rich.console import Console
from robot import Robot, good_shot

from smolrgpt_ros.ros.watch_view import Report, ShownAnswer, Watched, view_of
from smolrgpt_ros.ros.watching import NO_NODE

PROGRAM = [sys.executable, '-m', 'smolrgpt_ros.ros.watching']
PATIENCE_S = 60.0
TERMINAL = {'COLUMNS': '160', 'LINES': '60', 'TERM': 'xterm-256color'}
QUESTION = 'how many pallets are there?'
WATCHED = ('active', 'reporting', 'matched', QUESTION, 'latency', 'geometric')


def shown(watched: Watched, now_s: float = 100.0) -> str:
    console = Console(width=160, record=True, file=open(os.devnull, 'w'))  # noqa: SIM115
    console.print(view_of(watched, now_s))
    return console.export_text()


def answer(**changes) -> ShownAnswer:
    fields = {
        'arrived_s': 98.0,
        'question': 'how far?',
        'text': 'far',
        'value': 1.234,
        'stddev': 0.1,
        'category': 'DISTANCE',
        'confidence': 0.9,
        'engine': 'geometric',
        'verified': False,
        'image_age_s': 0.02,
        'latency_s': 0.0042,
    }
    return ShownAnswer(**(fields | changes))


def test_without_a_node_the_view_says_what_to_look_for():
    text = shown(Watched('/spatial_query'))
    assert 'no such node' in text
    assert 'ROS_DOMAIN_ID' in text


def test_losses_levels_and_latencies_are_told_in_words():
    reports = {
        'node': Report('OK', 'active', {}),
        'input depth': Report('WARN', 'silent for 2.0 s', {'rate_hz': '12.00', 'missing': '7'}),
        'matching': Report(
            'WARN', '3 of 9 dropped', {'matched': '6', 'dropped: depth behind': '3'}
        ),
        'questions': Report('OK', '5 answered', {'OK': '5', 'latency_p99_ms': '8.10'}),
        'transforms': Report('ERROR', 'no map', {'age_s': '0.1'}),
    }
    watched = Watched('/spatial_query', True, 'active', reports, 99.5, [answer()])
    text = shown(watched)
    for words in (
        'active',
        'reporting',
        'WARN  silent for 2.0 s',
        '12.00',
        'depth behind: 3',
        'p99 8.10 ms',
        'ERROR  no map',
        '1.23 ± 0.10 m',
        '4.2 ms',
        '20 ms old',
    ):
        assert words in text
    assert 'SILENT for 9 s' in shown(watched, 108.5)
    gone = Watched('/spatial_query', False, '', reports, 99.5)
    assert 'its services have vanished' in shown(gone)


@pytest.mark.parametrize(
    ('changes', 'words'),
    [
        ({'category': 'COUNT', 'value': 3.0}, ' 3 '),
        ({'value': float('nan')}, '–'),
        ({'engine': 'verified', 'verified': False}, 'verified: DISAGREE'),
        ({'engine': 'verified', 'verified': True}, 'verified: agree'),
    ],
    ids=['a count has no unit', 'no number', 'disagree', 'agree'],
)
def test_answers_are_told_with_unit_and_verdict(changes: dict, words: str):
    report = {'node': Report('OK', 'active', {})}
    assert words in shown(Watched('/n', True, 'active', report, 99.0, [answer(**changes)]))


def test_once_without_a_node_ends_with_a_sentence(ros_domain: int):
    done = subprocess.run(
        [*PROGRAM, '--once', '--timeout', '0.5', '--node', 'fleet/nobody'],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == NO_NODE
    assert 'there is no node /fleet/nobody' in done.stderr
    assert 'Traceback' not in done.stderr


def test_a_running_node_is_watched_until_ctrl_c(fresh_robot: Robot):
    robot = fresh_robot
    robot.activate()
    seen, terminal = pty.openpty()
    process = subprocess.Popen(
        PROGRAM, stdout=terminal, stderr=terminal, env={**os.environ, **TERMINAL}
    )
    os.close(terminal)
    text = ''
    try:
        ends_s = time.monotonic() + PATIENCE_S
        while not all(words in text for words in WATCHED):
            assert process.poll() is None, text
            assert time.monotonic() < ends_s, text
            robot.publish(good_shot(), robot.now_ns())
            robot.ask(QUESTION)
            text += read_for(seen, 0.3)
        process.send_signal(signal.SIGINT)
        # Read until it ends, as a terminal does: who is not read cannot write its last words.
        text += read_for(seen, PATIENCE_S)
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.wait()
        os.close(seen)
    assert 'Traceback' not in text
    assert text.rstrip().endswith('\x1b[?25h')  # the cursor is there again


def read_for(terminal: int, seconds: float) -> str:
    """What a terminal shows within some seconds."""
    found, ends_s = b'', time.monotonic() + seconds
    while (rest_s := ends_s - time.monotonic()) > 0:
        if select.select([terminal], [], [], rest_s)[0]:
            try:
                found += os.read(terminal, 65536)
            except OSError:  # its program has ended
                break
    return found.decode('utf-8', 'replace')
