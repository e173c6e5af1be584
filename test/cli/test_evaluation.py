# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt synth` and `smolrgpt eval`: what is written is scored; damage is counted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from frames import run, sentence

from smolrgpt_ros.cli.problem import BAD_INPUT

SCENES = 3


@pytest.fixture(scope='module')
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small synthetic dataset, made by the command."""
    folder = tmp_path_factory.mktemp('synth') / 'data'
    result = run(
        [
            'synth',
            str(folder),
            '--scenes',
            str(SCENES),
            '--seed',
            '5',
            '--size',
            '320x240',
            '--processes',
            '1',
        ]
    )
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def copy(dataset: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return shutil.copytree(dataset, tmp_path / 'data')


def test_synth_writes_the_official_layout(dataset: Path) -> None:
    for folder, pattern in (
        ('images', '{}.png'),
        ('depths', '{}_depth.png'),
        ('metric_depths', '{}.png'),
    ):
        names = {path.name for path in (dataset / folder).iterdir()}
        assert names == {pattern.format(f'{number:06d}') for number in range(SCENES)}
    assert set(json.loads((dataset / 'cameras.json').read_text())) == {
        f'{n:06d}' for n in range(SCENES)
    }


def test_the_last_line_is_one_object_with_the_score(dataset: Path) -> None:
    result = run(['eval', str(dataset), '--processes', '1', '--json'])
    row = json.loads(result.stdout.strip().splitlines()[-1])
    parts = [row[category] for category in ('left_right', 'mcq', 'distance', 'count')]
    assert row['score'] == pytest.approx(sum(parts) / 4, abs=0.01)
    assert row['score'] > 80
    assert row['questions'] == len(json.loads((dataset / 'val.json').read_text()))
    assert row['malformed'] == 0


def damage_rle(folder: Path) -> None:
    rows = json.loads((folder / 'val.json').read_text())
    rows[0]['rle'] = rows[0]['rle'][:-1]
    (folder / 'val.json').write_text(json.dumps(rows))


def damage_category(folder: Path) -> None:
    rows = json.loads((folder / 'val.json').read_text())
    rows[1]['category'] = 'colour'
    (folder / 'val.json').write_text(json.dumps(rows))


def damage_row(folder: Path) -> None:
    rows = json.loads((folder / 'val.json').read_text())
    rows[2] = 'nothing'
    (folder / 'val.json').write_text(json.dumps(rows))


def lose_picture(folder: Path) -> None:
    (folder / 'images' / '000001.png').unlink()


DAMAGES = {
    'rle': damage_rle,
    'category': damage_category,
    'row': damage_row,
    'picture': lose_picture,
}


@pytest.mark.parametrize('damage', DAMAGES.values(), ids=DAMAGES.keys())
def test_strict_stops_at_a_malformed_record_and_otherwise_it_is_told(copy: Path, damage) -> None:
    damage(copy)
    result = run(['eval', str(copy), '--processes', '1', '--strict'])
    assert result.exit_code == BAD_INPUT
    assert '--strict' in sentence(result)
    assert 'record ' in sentence(result)
    lenient = run(['eval', str(copy), '--processes', '1', '--json'])
    assert lenient.exit_code == 0
    row = json.loads(lenient.stdout.strip().splitlines()[-1])
    assert row['malformed'] > 0
    assert 'malformed records, left out of the score' in lenient.stderr


def test_mistakes_are_written_with_their_question(copy: Path, tmp_path: Path) -> None:
    rows = json.loads((copy / 'val.json').read_text())
    place = next(place for place, row in enumerate(rows) if row['category'] == 'distance')
    rows[place]['normalized_answer'] = 999.0
    (copy / 'val.json').write_text(json.dumps(rows))
    run(['eval', str(copy), '--processes', '1', '--mistakes', str(tmp_path / 'mistakes.json')])
    mistakes = {
        row['record_id']: row for row in json.loads((tmp_path / 'mistakes.json').read_text())
    }
    assert mistakes[rows[place]['id']]['truth'] == 999.0


BAD = {
    'no folder': (['eval', '/nowhere'], 'no records at /nowhere'),
    'no such split': (['eval', 'DATASET', '--split', 'test'], 'has val'),
    'unknown regions': (['eval', 'DATASET', '--regions', 'circles'], "'circles'"),
    'unknown engine': (['eval', 'DATASET', '--engine', 'oracle'], "'oracle'"),
    'network without checkpoint': (['eval', 'DATASET', '--engine', 'smolrgpt'], 'smolrgpt'),
    'folder written already': (['synth', 'DATASET', '--scenes', '1'], 'exists already'),
    'size of words': (['synth', 'OUT', '--size', 'big'], "'big'"),
    'size too small': (['synth', 'OUT', '--size', '8x8'], '8x8'),
    'unknown viewpoint': (['synth', 'OUT', '--viewpoint', 'moon'], "'moon'"),
    'unknown benchmark': (['bench', 'coffee'], 'ingest, query, model'),
}


@pytest.mark.parametrize(('arguments', 'says'), BAD.values(), ids=BAD.keys())
def test_bad_input_gets_a_sentence(
    dataset: Path, tmp_path: Path, arguments: list[str], says: str
) -> None:
    places = {'DATASET': str(dataset), 'OUT': str(tmp_path / 'out')}
    result = run([places.get(argument, argument) for argument in arguments])
    assert result.exit_code == BAD_INPUT
    assert says in sentence(result)


def test_an_engine_that_cannot_be_had_is_told_from_worker_processes_too(dataset: Path) -> None:
    result = run(['eval', str(dataset), '--engine', 'smolrgpt', '--processes', '2'])
    assert result.exit_code == BAD_INPUT
    assert 'smolrgpt' in sentence(result)
