# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What benchmarks of a running node need: a quiet domain, the shipped transport, a camera."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from smolrgpt_ros.ros.own_domain import NoDomainError, keep_own_domain
from smolrgpt_ros.ros.running import NodeProcess

PROFILE = Path(__file__).parents[1] / 'config' / 'fastdds.xml'


def enter() -> None:
    """Set the environment of this process and those it starts; call it before joining ROS."""
    try:
        keep_own_domain()
    except NoDomainError as error:
        sys.exit(f'bench: {error}')
    os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    os.environ['FASTDDS_DEFAULT_PROFILES_FILE'] = str(PROFILE)


def unwind_on_signals() -> None:
    """Let SIGTERM and SIGHUP end this process as Ctrl-C does: by way of every `with` block.

    Further ones change nothing: what has been started must be ended in peace.
    """

    def on_signal(number: int, frame: FrameType | None) -> None:
        for ignored in ending:
            signal.signal(ignored, signal.SIG_IGN)
        raise KeyboardInterrupt

    ending = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in ending:
        signal.signal(number, on_signal)


class Stamps:
    """When the camera has published, read from the file it writes."""

    def __init__(self, path: Path):
        self._path = path

    def between(self, after_ns: int, until_ns: int) -> int:
        """How many sets were published after one time and until another."""
        lines = self._path.read_text(encoding='ascii').splitlines() if self._path.exists() else []
        return sum(after_ns < int(line) <= until_ns for line in lines)


@contextmanager
def camera() -> Iterator[tuple[NodeProcess, Stamps]]:
    """The camera's process, running until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'stamps'
        with NodeProcess('benchmarks.camera', arguments=[str(path)]) as process:
            yield process, Stamps(path)
