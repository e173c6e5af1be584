# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A soak that somebody ends leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import psutil
import pytest

pytest.importorskip('rclpy')

PATIENCE_S = 60.0


def ctrl_c(process: subprocess.Popen) -> None:
    """As a terminal does: to the command and to all that it has started."""
    os.killpg(process.pid, signal.SIGINT)


def kill(process: subprocess.Popen) -> None:
    """As a supervisor does: to the command alone."""
    process.terminate()


@pytest.mark.parametrize('end', [ctrl_c, kill], ids=lambda end: end.__name__)
def test_nothing_stays(end: Callable[[subprocess.Popen], None]):
    command = [sys.executable, '-m', 'smolrgpt_ros.cli', 'bench', 'soak', '--minutes', '5']
    process = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    started: list[psutil.Process] = []
    try:
        ends = time.monotonic() + PATIENCE_S
        # The camera and the node; the asking processes come once the node is active.
        while len(started) < 2:
            assert time.monotonic() < ends, 'nothing was started'
            assert process.poll() is None, process.stdout and process.stdout.read()
            started = psutil.Process(process.pid).children(recursive=True)
            time.sleep(0.1)
        end(process)
        output, _ = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 130, output
        assert output.strip() == 'bench soak: interrupted'
        assert not any(child.is_running() for child in started)
    finally:
        for child in [*started, *([psutil.Process(process.pid)] if process.poll() is None else [])]:
            if child.is_running():
                child.kill()
