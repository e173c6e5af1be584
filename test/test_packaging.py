# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The package as others get it: built by colcon for a robot, by pip for a workstation."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / 'smolrgpt_ros'
IN_THE_PACKAGE = (
    'CMakeLists.txt', 'LICENSE', 'README.md', 'action', 'behavior_trees', 'config', 'launch', 'msg',
    'package.xml', 'pyproject.toml', 'scripts', 'setup.py', 'smolrgpt_ros', 'srv', 'standins',
)  # fmt: skip
PYTHON_MODULES = {
    str(file.relative_to(ROOT)) for file in PACKAGE.rglob('*.py') if '__pycache__' not in file.parts
}
# Modules whose package has another name than the module.
ROS_PACKAGES = {'tf2_ros': 'tf2_ros_py', 'ament_index_python': 'ament_index_python'}


@pytest.fixture(scope='module')
def checkout(tmp_path_factory) -> Path:
    """A copy of the sources, so that nothing is built into the checkout itself."""
    copy = tmp_path_factory.mktemp('workspace') / 'smolrgpt_ros'
    copy.mkdir()
    for name in IN_THE_PACKAGE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns('__pycache__'))
        elif source.is_file():
            shutil.copy2(source, copy / name)
    return copy


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    result = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, (result.stdout + result.stderr)[-4000:]
    return result.stdout


# What a node of ours translates from, for whoever has it; it is built in a workspace, not from apt.
USERS_OWN = {'yolo_msgs'}


def manifest() -> ElementTree.Element:
    return ElementTree.parse(ROOT / 'package.xml').getroot()


def test_versions_agree():
    version = manifest().findtext('version')
    assert f'version = "{version}"' in (ROOT / 'pyproject.toml').read_text()


def test_networks_are_no_dependency_of_the_build():
    named = {element.text for element in manifest() if element.tag.endswith('depend')}
    assert not [name for name in named if re.search('torch|transformers', name or '')]


def test_every_ros_package_that_is_imported_is_declared():
    declared = {element.text for element in manifest() if element.tag.endswith('depend')}
    ros = re.compile(
        r'rclpy|launch|launch_ros|cv_bridge|message_filters|tf\w+|ament_\w+|\w+_(msgs|interfaces)'
    )
    imported = set()
    for file in [*PACKAGE.rglob('*.py'), *(ROOT / 'launch').glob('*.py')]:
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += (
                [node.module or ''] if isinstance(node, ast.ImportFrom) and not node.level else []
            )
            imported |= {name.partition('.')[0] for name in names}
    imported -= USERS_OWN
    used = {ROS_PACKAGES.get(name, name) for name in imported if ros.fullmatch(name)}
    assert used - declared == set()


@pytest.mark.parametrize('name', ['ros', 'core', 'test', 'neural'])
def test_requirements_are_pinned(name):
    file = ROOT / 'requirements' / f'{name}.txt'
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith('#')]
    assert lines
    assert not [line for line in lines if not re.fullmatch(r'[\w.\[\]-]+==[\w.]+', line)]


def test_a_wheel_holds_the_package_without_interfaces(checkout, tmp_path):
    (checkout / 'README.md').touch()
    run(
        sys.executable, '-m', 'pip', 'wheel', '--no-deps', '--no-build-isolation', '-q',
        '-w', tmp_path, checkout, cwd=tmp_path,
    )  # fmt: skip
    (wheel,) = tmp_path.glob('*.whl')
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entry_points = next(name for name in names if name.endswith('entry_points.txt'))
        assert 'smolrgpt = smolrgpt_ros.cli:main' in archive.read(entry_points).decode()
    assert {
        name for name in names if name.startswith('smolrgpt_ros/') and name.endswith('.py')
    } == (PYTHON_MODULES)
    assert 'smolrgpt_ros/py.typed' in names


@pytest.mark.slow
@pytest.mark.skipif(shutil.which('colcon') is None, reason='needs colcon and ROS')
def test_colcon_builds_what_a_robot_runs(checkout):
    """Build as in a workspace on a robot and use the result from elsewhere."""
    workspace = checkout.parent
    run(
        'colcon', 'build', '--base-paths', workspace, '--cmake-args', '-Wno-dev',
        '-GNinja' if shutil.which('ninja') else '-GUnix Makefiles',
        f'-DPython3_EXECUTABLE={sys.executable}', cwd=workspace,
    )  # fmt: skip
    built = {folder.name for folder in (workspace / 'build').iterdir() if folder.is_dir()}
    assert built == {'smolrgpt_ros'}  # and none of the stand-ins
    prefix = workspace / 'install' / 'smolrgpt_ros'
    for script in (ROOT / 'scripts').iterdir():
        assert os.access(prefix / 'lib' / 'smolrgpt_ros' / script.name, os.X_OK)
    assert (prefix / 'share' / 'smolrgpt_ros' / 'config' / 'fastdds.xml').is_file()
    site_packages = next(prefix.rglob('smolrgpt_ros/srv/__init__.py')).parents[2]
    installed = {str(file.relative_to(site_packages)) for file in site_packages.rglob('*.py')}
    assert installed >= PYTHON_MODULES

    question = (
        'import smolrgpt_ros.scene.camera as camera, smolrgpt_ros.srv as srv; '
        'print(camera.__file__, srv.__file__)'
    )
    libraries = [str(prefix / 'lib'), os.environ.get('LD_LIBRARY_PATH', '')]
    printed = run(
        sys.executable, '-c', question, cwd=workspace,
        PYTHONPATH=str(site_packages),
        LD_LIBRARY_PATH=os.pathsep.join(libraries),
    )  # fmt: skip
    assert all(file.startswith(str(site_packages)) for file in printed.split())
