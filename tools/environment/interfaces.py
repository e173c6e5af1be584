# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Build the messages and services: ours, and the stand-ins' where no ROS is installed."""

from __future__ import annotations

import re
import shutil
import sysconfig
from pathlib import Path

from layout import (
    BUILD,
    INSTALL,
    ROOT,
    SITE_PACKAGES,
    STANDIN_INTERFACES,
    STANDINS,
    VENV,
    VENV_PYTHON,
    Stamp,
    fingerprint,
    run,
)
from ros_installation import RosInstallation
from settings import variables

# Where the machine that built the wheels had its Python; CMake refuses folders that do not exist.
FOREIGN_PYTHON = re.compile(r'/opt/python/cp3\d+-cp3\d+t?/include/python3\.\d+t?')
FOREIGN_NUMPY = re.compile(
    r'/opt/python/cp3\d+-cp3\d+t?/lib/python3\.\d+t?/site-packages/numpy/_core/include'
)


def build(ros: RosInstallation | None) -> None:
    """Generate and compile the interfaces into `.install` when their definitions have changed.

    Only interfaces are built: the Python sources are imported from the checkout, and
    `smolrgpt_ros/__init__.py` joins the two folders into one package.

    Raises:
        SetupError: when the build fails.
    """
    packages = [ROOT] if ros else [*(STANDINS / name for name in STANDIN_INTERFACES), ROOT]
    installed_packages = (VENV / 'stamps' / 'packages').read_text()
    stamp = Stamp(INSTALL / '.stamp', fingerprint(_definitions(packages), installed_packages))
    if stamp.is_current():
        return
    stamp.forget()
    if not ros:
        localise_cmake_files()
    print('setup: building messages and services (about a minute)', flush=True)
    shutil.rmtree(INSTALL, ignore_errors=True)  # else messages that are gone would live on
    _forget_old_build(installed_packages)
    sources = [_copy_definitions(package) for package in packages]
    generator = [] if ros else ['-GNinja']
    colcon = ['colcon'] if ros else [VENV / 'bin' / 'colcon']
    run(
        [
            *colcon,
            '--log-base',
            BUILD / 'log' / 'colcon',
            'build',
            '--paths',
            *sources,
            '--build-base',
            BUILD / 'colcon',
            '--install-base',
            INSTALL,
            '--merge-install',
            '--cmake-args',
            *generator,
            f'-DPython3_EXECUTABLE={VENV_PYTHON}',
            '-DSMOLRGPT_INTERFACES_ONLY=ON',
            '-DBUILD_TESTING=OFF',
            '-Wno-dev',
            '--no-warn-unused-cli',
        ],
        'building the interfaces',
        BUILD / 'log' / 'build.log',
        environment=variables(ros),
    )
    stamp.remember()


def _forget_old_build(installed_packages: str) -> None:
    """Throw the compiled files away when other generators made them, else keep them."""
    stamp = Stamp(BUILD / 'colcon' / '.stamp', fingerprint([], installed_packages))
    if not stamp.is_current():
        shutil.rmtree(BUILD / 'colcon', ignore_errors=True)
        stamp.remember()


def _copy_definitions(package: Path) -> Path:
    """Copy a package without its Python sources to where it is built from.

    CMake refuses to export a target that includes from below its own source folder, and numpy's
    headers lie in `.venv`, below ours. Files that have not changed keep their times, hence are not
    compiled again.
    """
    copy = BUILD / 'interfaces' / ('smolrgpt_ros' if package == ROOT else package.name)
    shutil.rmtree(copy, ignore_errors=True)
    for file in _definitions([package]):
        target = copy / file.relative_to(package)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)
    return copy


def localise_cmake_files() -> None:
    """Put this machine's Python and numpy folders into the wheels' CMake files."""
    numpy_include = SITE_PACKAGES / 'numpy' / '_core' / 'include'
    for file in (VENV / 'share').glob('**/*.cmake'):
        text = file.read_text()
        local = FOREIGN_NUMPY.sub(str(numpy_include), text)
        local = FOREIGN_PYTHON.sub(sysconfig.get_path('include'), local)
        if local != text:
            file.write_text(local)


def _definitions(packages: list[Path]) -> list[Path]:
    files = []
    for package in packages:
        files += [package / 'package.xml', package / 'CMakeLists.txt']
        for kind in ('msg', 'srv', 'action'):
            files += (package / kind).glob(f'*.{kind}')
    return files
