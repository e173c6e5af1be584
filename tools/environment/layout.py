# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where the environment's parts lie, and the steps' stamps."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / '.venv'
BUILD = ROOT / '.build'
INSTALL = ROOT / '.install'
STANDINS = ROOT / 'standins'
REQUIREMENTS = ROOT / 'requirements'
VENV_PYTHON = VENV / 'bin' / 'python'

PYTHON_VERSION = f'{sys.version_info.major}.{sys.version_info.minor}'
PYTHON_FOLDER = f'python{PYTHON_VERSION}'
SITE_PACKAGES = VENV / 'lib' / PYTHON_FOLDER / 'site-packages'

# Packages made here only where no ROS installation has the real ones.
STANDIN_INTERFACES = ('nav2_msgs', 'tf2_msgs', 'vision_msgs')
STANDIN_MODULES = ('message_filters', 'tf2_ros', 'tf_transformations')


class SetupError(Exception):
    """The set-up cannot go on; the message is the sentence that the user sees."""


def fingerprint(files: Iterable[Path], *facts: str) -> str:
    """Return a hash of the files' names and contents and of further facts."""
    digest = hashlib.sha256()
    for fact in facts:
        digest.update(fact.encode() + b'\0')
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode() + b'\0')
        digest.update(file.read_bytes() + b'\0')
    return digest.hexdigest()


class Stamp:
    """Remembers with what a step last succeeded."""

    def __init__(self, path: Path, current: str) -> None:
        self._path = path
        self._current = current

    def is_current(self) -> bool:
        """Return whether the step last succeeded with exactly this."""
        return self._path.is_file() and self._path.read_text() == self._current

    def forget(self) -> None:
        """Mark the step as not done; called before it starts, in case it fails."""
        self._path.unlink(missing_ok=True)

    def remember(self) -> None:
        """Mark the step as done."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(self._current)


def run(
    command: Sequence[str | Path],
    what: str,
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a command whose output goes to a log file.

    Raises:
        SetupError: when it fails, with the last lines of its output.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open('w') as output:
        result = subprocess.run(
            [str(part) for part in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environment,
            cwd=ROOT,
            check=False,
        )
    if result.returncode != 0:
        last_lines = '\n'.join(log.read_text(errors='replace').splitlines()[-25:])
        raise SetupError(f'{what} failed (whole output in {log}):\n{last_lines}')
