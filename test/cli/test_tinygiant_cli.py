# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt ask --engine tinygiant`: the command line needs nothing but the checkpoint."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from frames import run, sentence, write_files

pytest.importorskip('torch')

from tiny_giant import MICRO

from smolrgpt_ros.models.tinygiant import load, pack_random

QUESTION = 'is crate left or right of drum?'


@pytest.mark.parametrize(
    ('decode', 'status'),
    [('score', 'OK'), ('generate', 'ENGINE_FAILED')],
    ids=['score', 'generate'],
)
def test_ask(tmp_path: Path, decode: str, status: str) -> None:
    checkpoint = pack_random(tmp_path / 'micro', seed=1, config=MICRO)
    options = {'engine': 'tinygiant', 'checkpoint': str(checkpoint), 'decode': decode}
    arguments = [*write_files(tmp_path).arguments(**options), QUESTION]
    (line,) = run([*arguments, '--json']).stdout.splitlines()
    row = json.loads(line)
    assert row['status'] == status, row
    if status == 'OK':
        assert row['engine'] == 'tinygiant'
        assert row['normalized'] in ('left', 'right')
    else:
        assert 'the network answered beside the question' in row['message']


def test_pack(tmp_path: Path) -> None:
    checkpoint = pack_random(tmp_path / 'micro', seed=1, config=MICRO)
    out = tmp_path / 'packed'
    assert 'complete' in run(['pack', str(checkpoint), str(out), '--float16']).stdout
    assert load(out).config == MICRO
    refused = run(['pack', str(checkpoint), str(tmp_path / 'int8'), '--int8'])
    assert 'no form in int8' in sentence(refused)
