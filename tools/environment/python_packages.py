# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The virtual environment and what pip puts into it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from layout import (
    BUILD,
    PYTHON_VERSION,
    REQUIREMENTS,
    VENV,
    VENV_PYTHON,
    SetupError,
    Stamp,
    fingerprint,
    run,
)
from ros_installation import RosInstallation

# Used where pip finds no local file of torch. The default index's torch brings several GB of CUDA.
TORCH_INDEX = os.environ.get('TORCH_INDEX', 'https://download.pytorch.org/whl/cpu')

PIP = (VENV_PYTHON, '-m', 'pip', '--disable-pip-version-check')
# A lock is complete, and no file is installed whose hash it does not have.
LOCKED = ('--require-hashes', '--no-deps')


def install(ros: RosInstallation | None) -> None:
    """Make `.venv` and install what is pinned, with the ROS wheels only where no ROS is sourced.

    Beside a sourced ROS its own versions stay, so that there is nothing to compare hashes with.

    Raises:
        SetupError: when pip fails.
    """
    names = ('beside_ros.txt', 'test.txt') if ros else ('setup.lock',)
    files = [REQUIREMENTS / name for name in names]
    stamp = Stamp(VENV / 'stamps' / 'packages', fingerprint(files, *_identity(ros)))
    if stamp.is_current():
        return
    _make_venv(ros)
    stamp.forget()
    print(
        f'setup: installing {", ".join(names)} into {VENV.name} (a minute or two)',
        flush=True,
    )
    arguments = [part for file in files for part in ('-r', file)]
    run(
        [*PIP, 'install', '--progress-bar', 'off', *([] if ros else LOCKED), *arguments],
        'installing Python packages',
        BUILD / 'log' / 'pip.log',
    )
    stamp.remember()


def install_neural() -> None:
    """Install torch (a CPU build, unless TORCH_INDEX names another index) and transformers.

    Raises:
        SetupError: when no CPU build of torch is to be had, or pip fails.
    """
    requirements, lock = REQUIREMENTS / 'neural.txt', REQUIREMENTS / 'neural.lock'
    stamp = Stamp(
        VENV / 'stamps' / 'neural', fingerprint([requirements, lock], *_identity(None), TORCH_INDEX)
    )
    if stamp.is_current():
        return
    stamp.forget()
    print('setup: installing torch and transformers (a minute or two)', flush=True)
    pins = [
        line for line in requirements.read_text().splitlines() if line and not line.startswith('#')
    ]
    _install_torch(next(pin for pin in pins if pin.startswith('torch==')))
    run(
        [*PIP, 'install', '--progress-bar', 'off', *LOCKED, '-r', lock],
        'installing the neural requirements',
        BUILD / 'log' / 'pip-neural.log',
    )
    stamp.remember()


def install_tools(name: str) -> None:
    """Install what one make target needs beyond the tests, from its lock.

    Raises:
        SetupError: when pip fails, as where there is no wheel for this Python.
    """
    lock = REQUIREMENTS / f'{name}.lock'
    stamp = Stamp(VENV / 'stamps' / name, fingerprint([lock], *_identity(None)))
    if not stamp.is_current():
        run(
            [*PIP, 'install', '--progress-bar', 'off', *LOCKED, '-r', lock],
            f'installing {lock.name}',
            BUILD / 'log' / f'pip-{name}.log',
        )
        stamp.remember()


def _identity(ros: RosInstallation | None) -> tuple[str, ...]:
    """What a virtual environment is bound to besides the requirements."""
    return str(VENV), PYTHON_VERSION, ros.distribution if ros else 'wheels'


def _make_venv(ros: RosInstallation | None) -> None:
    """Make an empty environment; one of another Python, place or kind of ROS is thrown away."""
    stamp = Stamp(VENV / 'stamps' / 'venv', fingerprint([], *_identity(ros)))
    if stamp.is_current() and VENV_PYTHON.exists():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    options = ['--system-site-packages'] if ros else []
    run(
        [sys.executable, '-m', 'venv', *options, VENV],
        'making the virtual environment',
        BUILD / 'log' / 'venv.log',
    )
    stamp.remember()


def _install_torch(pin: str) -> None:
    """Try files that pip is configured to find, then the index of CPU builds.

    Never the default index: only a CPU build's own dependencies, which are small, are left for it.
    """
    if _installed('torch', pin.partition('==')[2]):
        return
    base = [*PIP, 'install', '--progress-bar', 'off', '--no-deps']
    log = BUILD / 'log' / 'pip-torch.log'
    try:
        run([*base, '--no-index', pin], 'looking for a local file of torch', log)
    except SetupError:
        try:
            run(
                [*base, '--index-url', TORCH_INDEX, '--timeout', '20', '--retries', '0', pin],
                'installing torch',
                log,
                environment=_without_pip_indexes(),
            )
        except SetupError as error:
            if platform.system() == 'Darwin':  # the default index has CPU builds alone for it
                return
            raise SetupError(
                f'no {pin} for this Python was found, neither as a local file nor at '
                f'{TORCH_INDEX}; '
                f'set TORCH_INDEX to an index that has one.\n{error}'
            ) from error


def _without_pip_indexes() -> dict[str, str]:
    """Return the environment without further indexes, so that the one named is the only one."""
    environment = {
        name: value for name, value in os.environ.items() if name != 'PIP_EXTRA_INDEX_URL'
    }
    return {**environment, 'PIP_CONFIG_FILE': os.devnull}


def _installed(distribution: str, version: str) -> bool:
    """Return whether a version is installed; a local part like `+cpu` fits its public version."""
    query = f'import importlib.metadata as m; print(m.version({distribution!r}))'
    found = subprocess.run([VENV_PYTHON, '-c', query], capture_output=True, text=True, check=False)
    return found.returncode == 0 and found.stdout.strip().partition('+')[0] == version


def library_folders() -> list[Path]:
    """Return the folders with shared libraries that the ROS wheels brought."""
    libraries = sorted(
        (VENV / 'lib' / f'python{PYTHON_VERSION}' / 'site-packages').glob('ros_*.libs')
    )
    return [VENV / 'lib', *libraries]
