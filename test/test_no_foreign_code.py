# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Nothing that is read can run, and nothing is fetched: see docs/explanation/security.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# All that reaches a robot; tests, tools and benchmarks stay in the checkout.
SOURCES = sorted(
    path
    for folder in ('smolrgpt_ros', 'launch', 'scripts', 'standins')
    for path in (ROOT / folder).rglob('*')
    if path.is_file() and (path.suffix == '.py' or path.parent.name == 'scripts')
)
# What runs what it reads, and what talks to other machines.
MODULES = {
    'pickle', 'cPickle', '_pickle', 'dill', 'cloudpickle', 'joblib', 'shelve', 'marshal', 'code',
    'codeop', 'runpy', 'urllib', 'urllib3', 'requests', 'http', 'httpx', 'aiohttp', 'ftplib',
    'telnetlib', 'smtplib', 'huggingface_hub', 'pty',
}  # fmt: skip
BUILTINS = {'eval', 'exec', 'compile', '__import__'}
CALLS = {
    'os.system', 'os.popen', 'subprocess.getoutput', 'subprocess.getstatusoutput', 'torch.load',
    'torch.save', 'torch.hub.load', 'yaml.load', 'yaml.unsafe_load', 'pandas.read_pickle',
}  # fmt: skip
NUMPY_LOADS = {'np.load', 'numpy.load'}


def dotted(node: ast.expr) -> str:
    """'np.load' of the expression; '' for one that is no chain of names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and dotted(node.value):
        return f'{dotted(node.value)}.{node.attr}'
    return ''


def forbidden(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or '']
        else:
            names = []
        yield from (
            f'line {node.lineno}: imports {name}'
            for name in names
            if name.partition('.')[0] in MODULES
        )
        if isinstance(node, ast.Call):
            yield from (f'line {node.lineno}: {what}' for what in forbidden_call(node))


def forbidden_call(node: ast.Call) -> Iterator[str]:
    name = dotted(node.func)
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    if name in BUILTINS | CALLS:
        yield f'calls {name}'
    shell = given.get('shell')
    if shell is not None and not (isinstance(shell, ast.Constant) and shell.value is False):
        yield f'{name} with a shell'
    if 'trust_remote_code' in given:
        yield f'{name} with trust_remote_code'
    allowed = given.get('allow_pickle')
    if name in NUMPY_LOADS and not (isinstance(allowed, ast.Constant) and allowed.value is False):
        yield f'{name} without allow_pickle=False'


def test_nothing_read_can_run_and_nothing_is_fetched():
    assert len(SOURCES) > 300
    found = {str(path.relative_to(ROOT)): list(forbidden(path.read_text())) for path in SOURCES}
    assert {path: sentences for path, sentences in found.items() if sentences} == {}


@pytest.mark.parametrize(
    ('text', 'found'),
    [
        pytest.param('import pickle', 'imports pickle', id='pickle'),
        pytest.param('from urllib.request import urlopen', 'imports urllib.request', id='urllib'),
        pytest.param('def f():\n    import requests', 'imports requests', id='inside a function'),
        pytest.param('eval(text)', 'calls eval', id='eval'),
        pytest.param('exec(text)', 'calls exec', id='exec'),
        pytest.param('torch.load(path, weights_only=True)', 'calls torch.load', id='torch.load'),
        pytest.param('np.load(path)', 'np.load without allow_pickle=False', id='np.load'),
        pytest.param('np.load(p, allow_pickle=yes)', 'np.load without', id='np.load by variable'),
        pytest.param('subprocess.run(c, shell=True)', 'subprocess.run with a shell', id='shell'),
        pytest.param('os.system(c)', 'calls os.system', id='os.system'),
        pytest.param('load(p, trust_remote_code=True)', 'with trust_remote_code', id='remote code'),
        pytest.param('np.load(path, allow_pickle=False)', '', id='np.load of numbers'),
        pytest.param('re.compile(x); model.eval(); ast.literal_eval(x)', '', id='namesakes'),
    ],
)
def test_the_check_itself(text, found):
    sentences = list(forbidden(text))
    assert bool(sentences) == bool(found)
    assert all(found in sentence for sentence in sentences)
