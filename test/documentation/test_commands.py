# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Every command of the documentation is run, or compared with what it calls."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from command_checks import Wrong, check
from documented_commands import MODES, PAGES, ROOT, Block, blocks_of, commands_in

BLOCKS = [block for page in PAGES for block in blocks_of(page)]
SHELL = [block for block in BLOCKS if block.is_shell]
PAGES_THAT_RUN = sorted({block.page for block in SHELL if block.mode == 'run'})
OURS = ('make', 'tools/run', 'smolrgpt', 'ros2', 'torchrun', 'colcon', 'pip', 'docker')
TIMEOUT_S = 240


def named(block: Block) -> str:
    return block.name


def ours(block: Block) -> list[list[str]]:
    """Commands of the block that are ours; those that are not belong into blocks marked so."""
    found = []
    for words in commands_in(block.text):
        if check(words):
            found.append(words)
        elif block.mode != 'other':
            raise Wrong(f'nobody checks {" ".join(words)!r}')
    return found


def test_there_are_commands():
    assert len(SHELL) > 20
    assert PAGES_THAT_RUN


@pytest.mark.parametrize('block', SHELL, ids=named)
def test_every_block_says_how_it_is_tested(block: Block):
    assert block.mode in MODES, f'{block.name} needs a comment <!-- docs: run|check|other ... -->'
    if block.mode == 'other':
        assert block.option('package'), f'{block.name}: of which package?'
    if block.mode == 'runs':
        assert (ROOT / block.option('elsewhere')).exists(), f'{block.name}: run by which test?'


@pytest.mark.parametrize('block', [b for b in BLOCKS if not b.is_shell], ids=named)
def test_no_command_hides_in_another_block(block: Block):
    lines = block.text.splitlines()
    hidden = [line for line in lines if line.split(' ')[0] in OURS and ' ' in line]
    assert block.language or not hidden, f'{block.name}: say ```sh before {hidden}'


@pytest.mark.parametrize('block', SHELL, ids=named)
def test_the_shell_understands_it(block: Block):
    done = subprocess.run(
        ['bash', '-n'], input=block.text, capture_output=True, text=True, timeout=TIMEOUT_S
    )
    assert not done.returncode, done.stderr


@pytest.mark.parametrize('block', SHELL, ids=named)
def test_commands_are_as_they_are_written(block: Block):
    ours(block)


@pytest.mark.parametrize('page', PAGES_THAT_RUN, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_do_what_the_page_says(page: Path, tmp_path: Path):
    """The blocks of a page one after the other, as a reader types them, in an empty folder."""
    (tmp_path / 'tools').mkdir()
    (tmp_path / 'tools' / 'run').write_text(f'#!/bin/sh\nexec {ROOT}/tools/run "$@"\n')
    (tmp_path / 'tools' / 'run').chmod(0o755)
    environment = {**os.environ, 'OMP_NUM_THREADS': '1', 'COLUMNS': '200'}
    for block in blocks_of(page):
        if not block.is_shell or block.mode != 'run':
            continue
        done = subprocess.run(
            ['bash', '-eu', '-o', 'pipefail', '-c', block.text],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
        )
        told = done.stdout + done.stderr
        assert done.returncode == int(block.option('exit', '0')), f'{block.name}:\n{told}'
        assert block.option('says') in told, f'{block.name}:\n{told}'


@pytest.mark.parametrize(
    ('text', 'wrong'),
    [
        pytest.param('smolrgpt eval DIR --json', '', id='right'),
        pytest.param('smolrgpt evaluate DIR', 'no command', id='command'),
        pytest.param('smolrgpt eval DIR --jsn', 'no option --jsn', id='option'),
        pytest.param('smolrgpt synth', 'needs OUT', id='argument'),
        pytest.param('smolrgpt synth a b', 'takes 1', id='too many'),
        pytest.param('smolrgpt train --stage sft --out a', 'needs --data', id='required'),
        pytest.param('smolrgpt ask ... --engine tinygiant', '', id='abridged'),
        pytest.param('smolrgpt bench nothing', 'no benchmark', id='benchmark'),
        pytest.param('make tests', 'no target', id='target'),
        pytest.param('ros2 launch smolrgpt_ros warehouse.launch.py engin:=x', 'engin', id='launch'),
        pytest.param('ros2 launch smolrgpt_ros demo.launch.py mission:=true', '', id='demo'),
        pytest.param('ros2 run smolrgpt_ros nothing', 'scripts/nothing', id='executable'),
        pytest.param(
            'ros2 service call /spatial_query smolrgpt_ros/srv/SpatialQuery "{questions: x}"',
            'no field questions',
            id='field',
        ),
        pytest.param(
            'ros2 service call /pick_target smolrgpt_ros/srv/PickTarget "{standoff: high}"',
            'cannot be',
            id='value',
        ),
        pytest.param('ros2 param set /spatial_query dtype int4', 'cannot be', id='choice'),
        pytest.param('ros2 param set /spatial_query max_aeg 1', 'no parameter', id='parameter'),
        pytest.param('ros2 lifecycle set /spatial_query start', 'no transition', id='transition'),
        pytest.param('python -m pytest test/nowhere', 'no test/nowhere', id='path'),
        pytest.param('frobnicate', 'nobody checks', id='unknown'),
        pytest.param('cat > a <<END\nmake nothing\nEND\nmake test', '', id='here-document'),
    ],
)
def test_what_is_wrong_is_found(text: str, wrong: str):
    block = Block(ROOT / 'README.md', 1, 'sh', 'check', text + '\n')
    if not wrong:
        assert ours(block)
        return
    with pytest.raises(Wrong, match=wrong):
        ours(block)


def test_a_block_takes_the_comment_right_before_it():
    text = (
        '<!-- docs: run exit=1 says=NO -->\n```sh\na\n```\n\n```sh\nb\n```\n'
        '1. x\n\n   <!-- docs: check -->\n   ```sh\n   c \\\n     d\n   ```\n'
    )
    first, second, third = blocks_of(ROOT / 'README.md', text)
    assert (first.mode, first.option('exit'), first.option('says')) == ('run', '1', 'NO')
    assert second.tag == ''
    assert (third.mode, third.text) == ('check', 'c \\\n  d\n')
