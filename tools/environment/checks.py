# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What has to be on the machine before anything is installed."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
import sysconfig
from pathlib import Path

from layout import SetupError
from ros_installation import RosInstallation

OLDEST_PYTHON = (3, 10)
NEWEST_PYTHON = (3, 13)
# Of Ubuntu 26.04, where Lyrical lives; there are no wheels of ROS for it.
NEWEST_PYTHON_WITH_ROS = (3, 14)


def require_tools(ros: RosInstallation | None) -> None:
    """Check Python, its headers, `venv`, the compilers and, for the wheels, the kind of machine.

    Raises:
        SetupError: naming everything that is missing, a sentence each.
    """
    missing = [
        sentence
        for sentence in (
            _python_version(ros),
            _python_venv(),
            _python_headers(),
            _compiler('C', 'CC', ('cc', 'gcc', 'clang'), 'gcc'),
            _compiler('C++', 'CXX', ('c++', 'g++', 'clang++'), 'g++'),
            None if ros else _machine(),
            _colcon() if ros else None,
        )
        if sentence
    ]
    if missing:
        raise SetupError('\n       '.join(missing))


def _python_version(ros: RosInstallation | None) -> str | None:
    newest = NEWEST_PYTHON_WITH_ROS if ros else NEWEST_PYTHON
    if OLDEST_PYTHON <= sys.version_info[:2] <= newest:
        return None
    return (
        f'Python {platform.python_version()} is not supported; use 3.10 to '
        f'{newest[0]}.{newest[1]}, for example `make setup PYTHON=python3.11`.'
    )


def _python_venv() -> str | None:
    if importlib.util.find_spec('venv') and importlib.util.find_spec('ensurepip'):
        return None
    version = f'{sys.version_info.major}.{sys.version_info.minor}'
    return (
        f'Python {version} cannot make virtual environments (no venv or ensurepip); '
        f'on Debian and Ubuntu `apt install python{version}-venv` brings it.'
    )


def _python_headers() -> str | None:
    header = Path(sysconfig.get_path('include')) / 'Python.h'
    if header.is_file():
        return None
    version = f'{sys.version_info.major}.{sys.version_info.minor}'
    return (
        f'The C headers of Python {version} are missing (no {header}); '
        f'on Debian and Ubuntu `apt install python{version}-dev` brings them.'
    )


def _compiler(language: str, variable: str, names: tuple[str, ...], package: str) -> str | None:
    named = os.environ.get(variable, '').split()
    if any(shutil.which(name) for name in (named[:1] or names)):
        return None
    return (
        f'No {language} compiler was found (looked for {", ".join(named[:1] or names)}); '
        f'on Debian and Ubuntu `apt install {package}` brings one.'
    )


def _machine() -> str | None:
    if platform.system() == 'Linux' and platform.machine() in ('x86_64', 'AMD64'):
        return None
    return (
        f'ROS 2 has no wheels for {platform.system()} on {platform.machine()}; install ROS 2 and '
        'source it before `make`, or use `pip install .` for the command line without ROS.'
    )


def _colcon() -> str | None:
    if shutil.which('colcon'):
        return None
    return (
        'ROS 2 is sourced but colcon was not found; `apt install python3-colcon-common-extensions`.'
    )
