# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt synth` and `smolrgpt eval`: what is written is scored; damage is counted."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest
from frames import run, sentence

from smolrgpt_ros.cli.evaluation import Evaluation, evaluate
from smolrgpt_ros.cli.evaluation_report import summary
from smolrgpt_ros.cli.picture_answers import Outcome
from smolrgpt_ros.cli.problem import BAD_INPUT
from smolrgpt_ros.warehouse.records import RecordError

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


@pytest.mark.parametrize('regions', ['masks', 'boxes'])
def test_processes_change_nothing(dataset: Path, regions: str) -> None:
    one = evaluate(dataset, regions=regions, processes=1)
    two = evaluate(dataset, regions=regions, processes=2)
    assert [(o.record_id, o.normalized, o.problem) for o in one.outcomes] == [
        (o.record_id, o.normalized, o.problem) for o in two.outcomes
    ]


def test_a_limit_counts_pictures(dataset: Path) -> None:
    assert {outcome.image for outcome in evaluate(dataset, processes=1, limit=1).outcomes} == {
        '000000.png'
    }


def test_progress_reaches_the_number_of_records(dataset: Path) -> None:
    told: list[int] = []
    evaluation = evaluate(dataset, processes=1, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == len(evaluation.outcomes)


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
def test_malformed_records_are_counted_and_cost_the_others_nothing(copy: Path, damage) -> None:
    whole = evaluate(copy, processes=1)
    damage(copy)
    evaluation = evaluate(copy, processes=1)
    assert evaluation.malformed
    assert len(evaluation.outcomes) + len(evaluation.malformed) == len(whole.outcomes)
    answers = {outcome.record_id: outcome.normalized for outcome in whole.outcomes}
    assert all(outcome.normalized == answers[outcome.record_id] for outcome in evaluation.outcomes)
    with pytest.raises(RecordError):
        evaluate(copy, processes=1, strict=True)
    result = run(['eval', str(copy), '--processes', '1', '--strict'])
    assert result.exit_code == BAD_INPUT
    assert '--strict' in sentence(result)


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


def outcome(
    category: str, *, right: bool, error: float = math.nan, truth: float | str = 1.0
) -> Outcome:
    return Outcome(
        'id', 'a.png', '?', category, 'kind', truth, 1.0, right, error, 1.0, math.nan, ''
    )


def test_score_is_the_mean_over_the_categories_present() -> None:
    evaluation = Evaluation((
        outcome('mcq', right=True), outcome('mcq', right=False), outcome('mcq', right=False),
        outcome('count', right=True),
    ))  # fmt: skip
    assert evaluation.accuracies == pytest.approx({'mcq': 100 / 3, 'count': 100.0})
    assert evaluation.score == pytest.approx((100 / 3 + 100) / 2)


def test_median_distance_error_leaves_zero_distances_out_and_keeps_failures() -> None:
    evaluation = Evaluation((
        outcome('distance', right=True, error=0.01), outcome('distance', right=True, error=0.03),
        outcome('distance', right=False, error=math.inf),
        outcome('distance', right=False, error=5.0, truth=0),
    ))  # fmt: skip
    assert evaluation.median_distance_error == pytest.approx(3.0)


def test_summary_of_nothing_is_valid_json() -> None:
    assert json.loads(json.dumps(summary(Evaluation(()), 0.0), allow_nan=False))['score'] is None
