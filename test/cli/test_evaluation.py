# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt synth` and `smolrgpt eval`: what is written is scored; damage is counted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from frames import run, sentence

from smolrgpt_ros.cli.problem import BAD_INPUT, NOT_ANSWERED

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
    'part of a submission': (
        ['eval', 'DATASET', '--limit', '1', '--submission', 'OUT'],
        'leave --limit',
    ),
    'images of a warehouse': (['eval', 'DATASET', '--images', 'OUT'], 'SpatialRGPT-Bench'),
    'no folder': (['eval', '/nowhere'], 'no records at /nowhere'),
    'no such split': (['eval', 'DATASET', '--split', 'test'], 'has val'),
    'unknown regions': (['eval', 'DATASET', '--regions', 'circles'], "'circles'"),
    'unknown engine': (['eval', 'DATASET', '--engine', 'oracle'], "'oracle'"),
    'network without checkpoint': (['eval', 'DATASET', '--engine', 'tinygiant'], 'tinygiant'),
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
    result = run(['eval', str(dataset), '--engine', 'tinygiant', '--processes', '2'])
    assert result.exit_code == BAD_INPUT
    assert 'tinygiant' in sentence(result)


@pytest.fixture
def without_answers(copy: Path) -> Path:
    """The dataset as its test split comes: id, image, question and masks."""
    rows = json.loads((copy / 'val.json').read_text())
    kept = [
        {name: row[name] for name in ('id', 'image', 'rle')}
        | {'conversations': row['conversations'][:1]}
        for row in rows
    ]
    (copy / 'test.json').write_text(json.dumps(kept))
    return copy


def test_the_test_split_gives_a_submission_that_scores_as_the_split_with_answers(
    without_answers: Path, tmp_path: Path
) -> None:
    submission = tmp_path / 'submission.json'
    arguments = ['eval', str(without_answers), '--processes', '1', '--json']
    written = run([*arguments, '--split', 'test', '--submission', str(submission)])
    assert written.exit_code == 0, written.output
    row = json.loads(written.stdout.strip().splitlines()[-1])
    assert row['score'] is None
    assert 'mcq' not in row
    assert {part['accuracy'] for part in row['subtypes']} == {None}
    known = json.loads((without_answers / 'val.json').read_text())
    rows = json.loads(submission.read_text())
    assert [r['id'] for r in rows] == [r['id'] for r in known]
    types = {'left_right': str, 'mcq': int, 'count': int, 'distance': float}
    for answer, truth in zip(rows, known, strict=True):
        assert isinstance(answer['normalized_answer'], types[truth['category']])
    scored = run([*arguments, '--answers', str(submission)])
    asked = run(arguments)
    scores = [json.loads(r.stdout.strip().splitlines()[-1])['score'] for r in (scored, asked)]
    assert scores[0] == scores[1] > 80


def test_the_test_split_without_a_submission_says_what_is_missing(without_answers: Path) -> None:
    result = run(['eval', str(without_answers), '--split', 'test', '--processes', '1'])
    assert result.exit_code == BAD_INPUT
    assert '--submission FILE' in sentence(result)


def test_answers_to_other_records_are_refused(dataset: Path, tmp_path: Path) -> None:
    answers = tmp_path / 'answers.json'
    answers.write_text(json.dumps([{'id': 'other', 'normalized_answer': 1}]))
    result = run(['eval', str(dataset), '--answers', str(answers)])
    assert result.exit_code == BAD_INPUT
    assert 'ids of answers and truths differ' in sentence(result)
    assert '1 answers to unknown records (other)' in sentence(result)


def test_the_gallery_is_written_and_told(copy: Path, tmp_path: Path) -> None:
    rows = json.loads((copy / 'val.json').read_text())
    rows[0]['normalized_answer'] = {'left': 'right', 'right': 'left'}.get(
        rows[0]['normalized_answer'], 99
    )
    (copy / 'val.json').write_text(json.dumps(rows))
    page = tmp_path / 'out.html'
    result = run(['eval', str(copy), '--processes', '1', '--gallery', str(page)])
    assert result.exit_code == 0
    assert rows[0]['id'] in page.read_text()


def test_a_journal_of_another_run_is_refused_in_a_sentence(dataset: Path, tmp_path: Path) -> None:
    arguments = ['eval', str(dataset), '--processes', '1', '--resume', str(tmp_path / 'run.jsonl')]
    assert run(arguments).exit_code == 0
    result = run([*arguments, '--regions', 'boxes'])
    assert result.exit_code == BAD_INPUT
    assert "regions is 'masks' there and 'boxes' now" in sentence(result)


@pytest.mark.parametrize('name', ['--submission', '--gallery', '--mistakes'])
def test_a_file_that_cannot_be_written_is_named(dataset: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / 'nowhere' / 'out'
    result = run(['eval', str(dataset), '--processes', '1', name, str(target)])
    assert result.exit_code == NOT_ANSWERED
    assert str(target) in sentence(result)


SANITY = {
    '100.00': {'left_right': (4, 4), 'mcq': (4, 4), 'distance': (4, 4), 'count': (4, 4)},
    '48.99': {'left_right': (69, 100), 'mcq': (50, 100), 'distance': (799, 2500),
              'count': (45, 100)},
    '20.94': {'left_right': (50, 100), 'mcq': (20, 100), 'distance': (94, 2500),
              'count': (10, 100)},
}  # fmt: skip
RIGHT = {'left_right': 'right', 'mcq': 3, 'distance': 4.0, 'count': 2}
WRONG = {'left_right': 'left', 'mcq': 4, 'distance': 4.8, 'count': 3}


@pytest.mark.parametrize(('expected', 'hits'), SANITY.items(), ids=SANITY.keys())
def test_sanity_files_score_as_they_must(tmp_path: Path, expected: str, hits: dict) -> None:
    rows, answers = [], []
    for category, (right, asked) in hits.items():
        for place in range(asked):
            turns = [{'from': 'human', 'value': '<image>\nWhat?'}, {'from': 'gpt', 'value': 'It.'}]
            rows.append({
                'id': f'{category}{place}', 'image': 'a.png', 'conversations': turns, 'rle': [],
                'category': category, 'normalized_answer': RIGHT[category],
            })  # fmt: skip
            given = (RIGHT if place < right else WRONG)[category]
            answers.append({'id': f'{category}{place}', 'normalized_answer': given})
    (tmp_path / 'val.json').write_text(json.dumps(rows))
    (tmp_path / 'answers.json').write_text(json.dumps(answers))
    result = run(['eval', str(tmp_path), '--answers', str(tmp_path / 'answers.json'), '--json'])
    assert json.loads(result.stdout.strip().splitlines()[-1])['score'] == float(expected)
