# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The command as a shell sees it: exit codes, sentences on stderr, a quick --help."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from frames import write_files

COMMANDS = ('ask', 'eval', 'synth', 'bench', 'pack')
HEAVY = ('numpy', 'scipy', 'PIL', 'torch', 'rclpy', 'transformers')


def shell(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, '-m', 'smolrgpt_ros.cli', *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_command() -> None:
    result = shell('--help')
    assert result.returncode == 0
    assert all(command in result.stdout for command in COMMANDS)


def test_help_imports_nothing_heavy() -> None:
    code = 'import sys\nimport smolrgpt_ros.cli.app\nprint(*sys.modules)'
    loaded = subprocess.run(
        [sys.executable, '-c', code], capture_output=True, text=True, timeout=60, check=True
    ).stdout.split()
    assert not set(HEAVY) & set(loaded)


def test_a_problem_is_one_line_on_stderr(tmp_path: Path) -> None:
    result = shell('eval', str(tmp_path))
    assert result.returncode == 2
    assert result.stdout == ''
    assert result.stderr.strip().count('\n') == 0
    assert result.stderr.startswith('smolrgpt: no records at')


def test_usage_errors_come_from_the_parser() -> None:
    result = shell('ask', '--image')
    assert result.returncode == 2
    assert 'Traceback' not in result.stderr


def test_json_stays_alone_on_stdout(tmp_path: Path) -> None:
    files = write_files(tmp_path)
    result = shell(*files.arguments(), '--json', 'is crate left of drum?', 'what is love?')
    assert [json.loads(line)['status'] for line in result.stdout.splitlines()] == [
        'OK',
        'NOT_UNDERSTOOD',
    ]
    assert result.returncode == 1


@pytest.mark.parametrize(
    'text',
    ['', ' ', '\x00\x07', '🤖' * 50, 'how far ' * 4000],
    ids=['empty', 'blank', 'control', 'unicode', 'long'],
)
def test_odd_questions_get_a_status(tmp_path: Path, text: str) -> None:
    from frames import run

    files = write_files(tmp_path)
    row = json.loads(run([*files.arguments(), '--json', '--', text]).stdout)
    assert row['status'] == 'NOT_UNDERSTOOD'
    assert row['message']


SCRIPT = Path(sys.executable).with_name('smolrgpt')
STARTS = {'module': [sys.executable, '-m', 'smolrgpt_ros.cli'], 'script': [str(SCRIPT)]}


@pytest.mark.parametrize('start', STARTS.values(), ids=STARTS.keys())
def test_worker_processes_can_start(tmp_path: Path, start: list[str]) -> None:
    """Workers import the script that was started; one that runs on import starts them for ever."""
    if start[0] == str(SCRIPT) and not SCRIPT.exists():
        pytest.skip(f'the command is not installed as {SCRIPT}')
    out = str(tmp_path / 'data')
    for arguments in (
        ['synth', out, '--scenes', '2', '--size', '160x120', '--processes', '2'],
        ['eval', out, '--processes', '2'],
    ):
        result = subprocess.run(
            [*start, *arguments], capture_output=True, text=True, timeout=120, check=False
        )
        assert result.returncode == 0, result.stderr
