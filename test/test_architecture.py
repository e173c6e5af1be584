# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Imports run one way only, torch stays in its place, every source file says whose it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / 'smolrgpt_ros'
SOURCES = sorted(PACKAGE.rglob('*.py'))

INTERFACES = {'msg', 'srv', 'action'}

# Who knows whom. `ros`, `planning` and `cli` sit on top: nothing imports them. Messages never pass
# below `messages`, which neither rclpy nor a bag reader feeds with classes of its own.
CORE = {'scene', 'language', 'models', 'reasoning', 'warehouse', 'drawing'}
ALLOWED = {
    'scene': set(),
    'language': set(),
    'models': {'allocation'},
    'reasoning': {'scene', 'language', 'models'},
    'warehouse': {'scene', 'language'},
    'drawing': {'scene', 'language'},
    'evaluation': {'scene', 'language', 'reasoning', 'warehouse', 'drawing'},
    'training': {'models', 'warehouse', 'scene', 'language'},
    'allocation': set(),
    'distribution': set(),
    'process': set(),
    'messages': {'scene', 'language', 'reasoning'},
    'recorded': {*CORE, 'messages', 'evaluation'},
    'ros': {*CORE, 'allocation', 'distribution', 'process', 'messages', *INTERFACES},
    'planning': {*INTERFACES, 'distribution', 'process', 'language', 'scene'},
    'cli': {*CORE, 'training', 'evaluation', 'messages', 'recorded'},
}
ROS_LAYERS = {'distribution', 'process', 'ros', 'planning'}
NEURAL_LAYERS = {'models', 'training'}

ROS_MODULES = {
    'action_msgs', 'builtin_interfaces', 'cv_bridge', 'diagnostic_msgs', 'geometry_msgs',
    'launch', 'launch_ros', 'lifecycle_msgs', 'message_filters', 'nav2_msgs', 'nav_msgs',
    'rcl_interfaces', 'rclpy', 'sensor_msgs', 'std_msgs', 'std_srvs',
    'tf2_msgs', 'tf2_ros', 'tf_transformations', 'vision_msgs',
    'visualization_msgs',
}  # fmt: skip
NEURAL_MODULES = {'torch', 'torchvision', 'transformers', 'safetensors', 'tokenizers'}


def imported_modules(tree: ast.AST, package: str) -> Iterator[tuple[str, int]]:
    """Yield (absolute dotted name, line) of every import, those inside functions included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split('.')
            start = '.'.join(parents[: len(parents) - node.level + 1]) if node.level else ''
            base = '.'.join(part for part in (start, node.module or '') if part)
            yield base, node.lineno
            yield from ((f'{base}.{alias.name}', node.lineno) for alias in node.names)


def forbidden_imports(layer: str, text: str, package: str) -> list[str]:
    """Return what a source text of a layer must not import, with the line."""
    found = []
    for name, line in imported_modules(ast.parse(text), package):
        top, _, rest = name.partition('.')
        other = rest.partition('.')[0]
        if top == 'smolrgpt_ros' and other in {*ALLOWED, *INTERFACES}:
            wrong = other != layer and other not in ALLOWED[layer]
        else:
            wrong = (top in ROS_MODULES and layer not in ROS_LAYERS) or (
                top in NEURAL_MODULES and layer not in NEURAL_LAYERS
            )
        if wrong:
            found.append(f'line {line}: {name}')
    return found


def layer_of(source: Path) -> str:
    """Return a source's layer; `smolrgpt_ros/__init__.py` knows as little as `scene`."""
    layer = source.relative_to(PACKAGE).with_suffix('').parts[0]
    return 'scene' if layer == '__init__' else layer


def named(source: Path) -> str:
    return str(source.relative_to(PACKAGE))


@pytest.mark.parametrize('source', SOURCES, ids=named)
def test_imports_run_one_way(source):
    layer = layer_of(source)
    assert layer in ALLOWED, f'{layer} is no layer of the architecture'
    package = '.'.join(('smolrgpt_ros', *source.relative_to(PACKAGE).parent.parts))
    assert forbidden_imports(layer, source.read_text(), package) == []


@pytest.mark.parametrize(
    ('layer', 'text', 'expected'),
    [
        pytest.param('scene', 'import numpy', [], id='library'),
        pytest.param('scene', 'import torch.nn', ['line 1: torch.nn'], id='torch in the core'),
        pytest.param('models', 'import torch.nn', [], id='torch in a model'),
        pytest.param(
            'reasoning',
            'def f():\n    import rclpy',
            ['line 2: rclpy'],
            id='ROS inside a function',
        ),
        pytest.param('ros', 'from smolrgpt_ros.srv import SpatialQuery', [], id='service'),
        pytest.param(
            'scene',
            'from ..language import answer',
            ['line 1: smolrgpt_ros.language', 'line 1: smolrgpt_ros.language.answer'],
            id='relative import',
        ),
        pytest.param(
            'warehouse', 'from smolrgpt_ros import ros', ['line 1: smolrgpt_ros.ros'], id='upwards'
        ),
        pytest.param('scene', 'from smolrgpt_ros.scene.depth import x', [], id='own layer'),
    ],
)
def test_the_check_itself(layer, text, expected):
    assert forbidden_imports(layer, text, f'smolrgpt_ros.{layer}') == expected


@pytest.mark.parametrize('source', SOURCES, ids=named)
def test_header(source):
    assert source.read_text().startswith(
        '# Copyright 2026 The smolrgpt_ros authors\n# SPDX-License-Identifier: Apache-2.0\n'
    )


def test_no_catch_all_modules():
    assert not [named(source) for source in SOURCES if source.stem in ('utils', 'helpers', 'misc')]
