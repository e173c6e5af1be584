# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a process has to find set, written down for shells and for Python itself."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from layout import (
    INSTALL,
    PYTHON_VERSION,
    ROOT,
    SITE_PACKAGES,
    STANDIN_MODULES,
    STANDINS,
    VENV,
    VENV_PYTHON,
)
from python_packages import library_folders
from ros_installation import RosInstallation

# Left as they are where the caller has set them.
DEFAULTS = {
    'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
    'RMW_IMPLEMENTATION': 'rmw_fastrtps_cpp',
    'FASTDDS_DEFAULT_PROFILES_FILE': str(ROOT / 'config' / 'fastdds.xml'),
}

COMMAND = """#!{python}
import sys

from smolrgpt_ros.cli import main

if __name__ == '__main__':  # worker processes import this file
    sys.exit(main())
"""
# These read the profile under its old name.
FAST_DDS_2_DISTRIBUTIONS = ('humble', 'jazzy')


def defaults(ros: RosInstallation | None) -> dict[str, str]:
    """Return variables that are set where the caller has not set them."""
    if ros is None or ros.distribution not in FAST_DDS_2_DISTRIBUTIONS:
        return DEFAULTS
    profile = DEFAULTS['FASTDDS_DEFAULT_PROFILES_FILE']
    # Humble knows no ROS_AUTOMATIC_DISCOVERY_RANGE.
    alone = {'ROS_LOCALHOST_ONLY': '1'} if ros.distribution == 'humble' else {}
    return {**DEFAULTS, 'FASTRTPS_DEFAULT_PROFILES_FILE': profile, **alone}


def search_paths(ros: RosInstallation | None) -> dict[str, list[Path]]:
    """Return what is put in front of the search paths of a process."""
    own = [INSTALL] if ros else [INSTALL, VENV]
    libraries = [INSTALL / 'lib'] if ros else [INSTALL / 'lib', *library_folders()]
    return {
        'PATH': [VENV / 'bin'],
        'AMENT_PREFIX_PATH': own,
        'CMAKE_PREFIX_PATH': own,
        'LD_LIBRARY_PATH': libraries,
    }


def python_paths(ros: RosInstallation | None) -> list[Path]:
    """Return the folders to import from: the checkout, the generated code, the stand-ins."""
    generated = [
        INSTALL / part / f'python{PYTHON_VERSION}' / folder
        for part, folder in (
            ('lib', 'site-packages'),
            ('lib', 'dist-packages'),
            ('local/lib', 'dist-packages'),
        )
    ]
    return [ROOT, *generated, *([] if ros else [STANDINS / name for name in STANDIN_MODULES])]


def variables(ros: RosInstallation | None) -> dict[str, str]:
    """Return this process's environment variables with those of the environment."""
    result = {**defaults(ros), **os.environ, **_fixed(ros)}
    for name, folders in search_paths(ros).items():
        inherited = [part for part in os.environ.get(name, '').split(os.pathsep) if part]
        own = [str(folder) for folder in folders]
        result[name] = os.pathsep.join(own + [part for part in inherited if part not in own])
    return result


def write(ros: RosInstallation | None) -> None:
    """Write `.venv/ros_env.sh` for shells, and a `.pth` file for `.venv/bin/python` alone."""
    _write_if_changed(VENV / 'ros_env.sh', _shell_script(ros))
    # Sorted before the wheels' own ros_wheels_bootstrapper.pth, which starts Python once more with
    # the libraries' folders and hands on what is set here.
    _write_if_changed(
        SITE_PACKAGES / 'a0_smolrgpt_environment.pth',
        'import smolrgpt_environment\n' + ''.join(f'{path}\n' for path in python_paths(ros)),
    )
    _write_if_changed(SITE_PACKAGES / 'smolrgpt_environment.py', _startup_module(ros))
    # What `pip install .` would make; here the package is imported from the checkout.
    command = VENV / 'bin' / 'smolrgpt'
    _write_if_changed(command, COMMAND.format(python=VENV_PYTHON))
    command.chmod(0o755)


def _fixed(ros: RosInstallation | None) -> dict[str, str]:
    shared = {'VIRTUAL_ENV': str(VENV), 'SMOLRGPT_ENVIRONMENT': str(VENV)}
    if ros:
        return shared
    return {
        **shared,
        '_ROS_WHEELS_BOOTSTRAP_COMPLETE': '1',
        'ROS_VERSION': '2',
        'ROS_DISTRO': 'kilted',
    }


def _shell_script(ros: RosInstallation | None) -> str:
    lines = [
        '# Written by `make setup`; use it as `. .venv/ros_env.sh`.',
        'if [ "${SMOLRGPT_ENVIRONMENT:-}" != ' + shlex.quote(str(VENV)) + ' ]; then',
    ]
    for name, folders in search_paths(ros).items():
        own = shlex.quote(os.pathsep.join(str(folder) for folder in folders))
        lines.append(f'  export {name}={own}"${{{name}:+:${name}}}"')
    lines += [f'  export {name}={shlex.quote(value)}' for name, value in _fixed(ros).items()]
    lines += [f'  export {name}="${{{name}:-{value}}}"' for name, value in defaults(ros).items()]
    return '\n'.join([*lines, 'fi', ''])


def _startup_module(ros: RosInstallation | None) -> str:
    paths = {
        name: [str(folder) for folder in folders] for name, folders in search_paths(ros).items()
    }
    return f'''"""Written by `make setup`: sets what ROS needs, for Python without `ros_env.sh`."""
import os

if os.environ.get('SMOLRGPT_ENVIRONMENT') != {str(VENV)!r}:
    for _name, _folders in {paths!r}.items():
        _inherited = [part for part in os.environ.get(_name, '').split(os.pathsep) if part]
        os.environ[_name] = os.pathsep.join(_folders + _inherited)
    for _name, _value in {defaults(ros)!r}.items():
        os.environ.setdefault(_name, _value)
    os.environ['SMOLRGPT_ENVIRONMENT'] = {str(VENV)!r}
'''


def _write_if_changed(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text() != text:
        path.write_text(text)
