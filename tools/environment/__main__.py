# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Make the development environment: `python3 tools/environment [--neural] [--tools NAME]`.

Standard library only, since it runs before anything is installed. Every step is skipped when what
it depends on has not changed since it last succeeded, so that running it again costs a fraction of
a second.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
import time
from collections.abc import Sequence

import checks
import interfaces
import python_packages
import settings
from layout import BUILD, VENV, SetupError
from ros_installation import sourced_ros


def set_up(neural: bool, tools: Sequence[str] = ()) -> None:
    """Bring virtual environment, interfaces and settings up to date.

    Raises:
        SetupError: with one sentence saying what is missing or what failed.
    """
    ros = sourced_ros()
    checks.require_tools(ros)
    python_packages.install(ros)
    if neural:
        python_packages.install_neural()
    for name in tools:
        python_packages.install_tools(name)
    settings.write(ros)
    interfaces.build(ros)


def main() -> int:
    """Run the set-up under a lock: two at once must not build into each other."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument('--neural', action='store_true', help='also install torch and transformers')
    parser.add_argument(
        '--tools', action='append', default=[], metavar='NAME', help='also requirements/NAME.lock'
    )
    arguments = parser.parse_args()
    BUILD.mkdir(exist_ok=True)
    start = time.monotonic()
    with (BUILD / 'lock').open('w') as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print('setup: another set-up is running, waiting for it', file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            set_up(arguments.neural, arguments.tools)
        except SetupError as error:
            print(f'setup: {error}', file=sys.stderr)
            return 1
    elapsed_s = time.monotonic() - start
    if elapsed_s > 1.0:
        print(f'setup: {os.path.relpath(VENV)} is ready after {elapsed_s:.0f} s')
    return 0


if __name__ == '__main__':
    sys.exit(main())
