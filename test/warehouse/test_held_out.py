# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from smolrgpt_ros.cli.problem import Problem
from smolrgpt_ros.cli.synthesis_command import synthesise
from smolrgpt_ros.warehouse.folder import decode_rle
from smolrgpt_ros.warehouse.halls import HELD_OUT_HALLS, WRITTEN_HALLS
from smolrgpt_ros.warehouse.held_out import (
    HELD_OUT,
    HELD_OUT_BOXES,
    HELD_OUT_NOISY,
    HELD_OUT_NOISY_BOXES,
    SEED,
    VERSION,
)
from smolrgpt_ros.warehouse.synthesis import Recipe, asked_frame, write_dataset

VARIANTS = (HELD_OUT, HELD_OUT_NOISY, HELD_OUT_BOXES, HELD_OUT_NOISY_BOXES)


def first_questions() -> str:
    asked = asked_frame(SEED, 0, halls=HELD_OUT.halls)
    words = [(q.text, q.things, q.answer) for q in asked.questions]
    return hashlib.sha256(repr(words).encode()).hexdigest()[:16]


def test_the_version_says_what_is_in_it():
    """Whoever changes the first picture's questions gives the split a new version."""
    assert (VERSION, first_questions()) == ('held-out-1', '82914e49b9f0b10a')


def test_halls_are_of_a_range_of_their_own():
    for number in (0, 1):
        seed = asked_frame(SEED, number, size_px=(64, 64), halls=HELD_OUT.halls).frame.world.seed
        assert HELD_OUT_HALLS[0] <= seed < HELD_OUT_HALLS[1]
        seed = asked_frame(SEED, number, size_px=(64, 64)).frame.world.seed
        assert WRITTEN_HALLS[0] <= seed < WRITTEN_HALLS[1]


def test_variants_ask_the_same(tmp_path):
    written = []
    for place, variant in enumerate(VARIANTS):
        folder = tmp_path / str(place)
        write_dataset(folder, replace(variant, scenes=1, size_px=(160, 120)))
        written.append(json.loads((folder / 'val.json').read_text()))
    for rows in written[1:]:
        assert [(r['conversations'], r['normalized_answer']) for r in rows] == [
            (r['conversations'], r['normalized_answer']) for r in written[0]
        ]
    boxes = [decode_rle(mask) for row in written[2] for mask in row['rle']]
    for mask in boxes:
        assert mask.sum() == mask.any(axis=0).sum() * mask.any(axis=1).sum()
    shapes = [decode_rle(mask) for row in written[0] for mask in row['rle']]
    for shape, box in zip(shapes, boxes, strict=True):
        for axis in (0, 1):
            seen, filled = (np.flatnonzero(mask.any(axis=axis)) for mask in (shape, box))
            assert (seen[0], seen[-1]) == (filled[0], filled[-1])


def asked(out: Path, **values) -> None:
    synthesise(
        out,
        **{
            'scenes': 200,
            'seed': 0,
            'noise': False,
            'boxes': False,
            'held_out': True,
            'size': '640x480',
            'viewpoint': 'mixed',
            'split': 'val',
            'questions': 4,
            'processes': 1,
            **values,
        },
    )


def test_written_from_the_command_line(tmp_path, capsys):
    asked(tmp_path / 'set', scenes=1)
    assert 'held-out-1 clean masks' in ' '.join(capsys.readouterr().out.split())
    rows = json.loads((tmp_path / 'set' / 'val.json').read_text())
    words = [q.text for q in asked_frame(SEED, 0, halls=HELD_OUT.halls).questions]
    assert [row['conversations'][0]['value'].removeprefix('<image>\n') for row in rows] == words


@pytest.mark.parametrize(
    'values',
    [
        {'seed': 3},
        {'size': '320x240'},
        {'viewpoint': 'high'},
        {'questions': 5},
        {'split': 'train'},
        {'scenes': 201},
    ],
    ids=str,
)
def test_nothing_else_is_called_held_out(tmp_path, values):
    with pytest.raises(Problem, match='--held-out is a fixed split of 200 pictures'):
        asked(tmp_path / 'set', **values)
    assert not (tmp_path / 'set').exists()


def test_boxes_are_for_ordinary_sets_too(tmp_path):
    write_dataset(tmp_path, Recipe(1, 0, size_px=(64, 64), boxes=True))
    rows = json.loads((tmp_path / 'val.json').read_text())
    for mask in (decode_rle(m) for row in rows for m in row['rle']):
        assert mask.sum() == mask.any(axis=0).sum() * mask.any(axis=1).sum()
