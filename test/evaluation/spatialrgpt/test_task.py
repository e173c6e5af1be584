# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SpatialRGPT-Bench's file read, asked, scored; damaged rows named."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bench_file import bench_rows, write_bench
from small_dataset import small_dataset

from smolrgpt_ros.evaluation.figures import Evaluation
from smolrgpt_ros.evaluation.gallery import gallery_page
from smolrgpt_ros.evaluation.running import Run, evaluate
from smolrgpt_ros.evaluation.spatialrgpt.given_answers import read_sentences, score_sentences
from smolrgpt_ros.evaluation.spatialrgpt.task import BenchTask, bench_task
from smolrgpt_ros.evaluation.tasks import task_at
from smolrgpt_ros.warehouse.folder import decode_rle
from smolrgpt_ros.warehouse.records import RecordError
from smolrgpt_ros.warehouse.score import ScoreError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_bench(tmp_path / 'SpatialRGPT-Bench_v1.json', bench_rows(small_dataset()))


def evaluated(path: Path, *, strict: bool = False) -> Evaluation:
    evaluation = evaluate(bench_task(path, small_dataset()), Run(processes=1, strict=strict))
    assert evaluation is not None
    return evaluation


def test_what_the_engine_can_answer_is_right_and_the_rest_is_named(path: Path) -> None:
    evaluation = evaluated(path)
    assert not evaluation.malformed
    assert set(evaluation.categories) == {'left_right', 'direct_distance', 'height'}
    assert evaluation.categories['left_right'].asked > 8
    assert evaluation.accuracies['left_right'] == 100.0
    assert evaluation.accuracies['direct_distance'] == 100.0
    assert evaluation.mean_errors['direct_distance'] < 10
    assert evaluation.accuracies['height'] == 0.0
    uncovered = [o for o in evaluation.outcomes if o.problem]
    assert {o.category for o in uncovered} == {'height'}
    assert {o.reason for o in uncovered} == {'NOT_UNDERSTOOD'}
    assert evaluation.score == pytest.approx(200 / 3)


def test_the_gallery_numbers_regions_as_the_question_does(path: Path) -> None:
    task = bench_task(path, small_dataset())
    found = evaluated(path)
    choice = next(o for o in found.outcomes if o.subtype == 'right_choice')
    assert choice.question == 'Which is more to the right, Region [1] or Region [0]?'
    assert f'[Region {choice.normalized}]' in choice.text
    row = next(r for r in json.loads(path.read_text()) if r['id'] == choice.record_id)
    [(record_id, scene)] = task.shown({choice.record_id})
    assert record_id == choice.record_id
    for region, rle in zip(scene.regions, row['rle'], strict=True):
        assert np.array_equal(region.mask, decode_rle(rle))
    page = ''.join(
        gallery_page(replace(found, outcomes=(replace(choice, right=False),)), task, 't')
    )
    chips = [int(number) for number in re.findall(r'>(\d)</span>', page)]
    assert chips[:2] == [1, 0]
    assert chips[2:] == [choice.truth, choice.normalized, *chips[4:]]


def test_the_layout_is_recognised(path: Path) -> None:
    assert isinstance(task_at(path, images=small_dataset()), BenchTask)
    assert not isinstance(task_at(small_dataset() / 'val.json'), BenchTask)
    assert not isinstance(task_at(small_dataset()), BenchTask)
    with pytest.raises(FileNotFoundError, match='--images'):
        task_at(path, images=path / 'nowhere')
    with pytest.raises(ValueError, match='SpatialRGPT-Bench'):
        task_at(small_dataset(), images=small_dataset())


def test_nested_values_may_be_text_as_tables_keep_them(path: Path) -> None:
    plain = evaluated(path)
    rows = json.loads(path.read_text())
    for place, row in enumerate(rows):
        for name in ('image_info', 'qa_info', 'conversations', 'rle'):
            row[name] = json.dumps(row[name]) if place % 2 else repr(row[name])
    packed = evaluated(write_bench(path, rows))
    assert [(o.record_id, o.normalized) for o in packed.outcomes] == [
        (o.record_id, o.normalized) for o in plain.outcomes
    ]


def test_pictures_without_their_folders_are_found(path: Path) -> None:
    rows = json.loads(path.read_text())
    for row in rows:
        row['image_info']['file_path'] = 'SUNRGBD/kv2/' + Path(row['image_info']['file_path']).name
    assert evaluated(write_bench(path, rows)).accuracies['left_right'] == 100.0


def change(name: str, value):
    def damage(row: dict) -> None:
        row[name] = value

    return damage


def small_mask(row: dict) -> None:
    row['rle'][0] = row['rle'][0] | {'size': [2, 3]}


DAMAGES = {
    'no id': (change('id', ''), 'has no id'),
    'no picture': (change('image_info', {'file_path': 'lost.png'}), 'lost.png is missing'),
    'no path': (change('image_info', {}), 'file_path'),
    'category': (change('qa_info', {'category': 'colour'}), "unknown category 'colour'"),
    'no category': (change('qa_info', {}), 'unknown category None'),
    'fewer masks': (change('rle', []), '0 masks'),
    'odd mask': (change('rle', [{'size': [1]}]), 'mask 0 is no COCO RLE'),
    'size of mask': (small_mask, 'is 3x2, the picture 320x240'),
    'broken text': (change('rle', '[{'), '"rle" is no JSON'),
    'another type': (change('conversations', {}), '"conversations" is dict'),
    'empty answer': (change('conversations', [
        {'from': 'human', 'value': 'Is <mask> left of <mask>?'}, {'from': 'gpt', 'value': ' '},
    ]), "no 'gpt' turn"),
    'unreadable truth': (change('conversations', [
        {'from': 'human', 'value': 'Is <mask> left of <mask>?'}, {'from': 'gpt', 'value': 'Hm.'},
    ]), "can be read in 'Hm.'"),
}  # fmt: skip


@pytest.mark.parametrize(('damage', 'says'), DAMAGES.values(), ids=DAMAGES.keys())
def test_malformed_rows_are_named_and_cost_the_others_nothing(path: Path, damage, says) -> None:
    rows = json.loads(path.read_text())
    damage(rows[1])
    evaluation = evaluated(write_bench(path, rows))
    assert len(evaluation.malformed) == 1
    assert says in str(evaluation.malformed[0])
    assert evaluation.malformed[0].record_id in (rows[1]['id'], '#1')
    assert len(evaluation.outcomes) == len(rows) - 1
    with pytest.raises(RecordError):
        evaluated(path, strict=True)


def test_sentences_of_another_model_are_scored(path: Path, tmp_path: Path) -> None:
    task = bench_task(path, small_dataset())
    rows = json.loads(path.read_text())
    said = {row['id']: row['conversations'][1]['value'] for row in rows}
    lines = tmp_path / 'answers.jsonl'
    lines.write_text('\n'.join(json.dumps({'id': i, 'pred': text}) for i, text in said.items()))
    assert score_sentences(task, read_sentences(lines)).score == 100.0
    # all lengths 30 % too long, one side unreadable
    wrong = {
        i: 'Region [0] is 1.56 meters tall.' if i.endswith('height_data') else text
        for i, text in said.items()
    }
    found = score_sentences(task, wrong)
    assert found.accuracies['height'] == 0.0
    assert found.mean_errors['height'] == pytest.approx(30.0)
    assert found.accuracies['left_right'] == 100.0
    first = next(iter(wrong))
    assert score_sentences(task, wrong | {first: 'Hm.'}).coverage['NOT_READ'] == 1
    with pytest.raises(ScoreError, match='1 records without an answer, 1 answers to unknown'):
        score_sentences(task, {('other' if i == first else i): t for i, t in said.items()})


@pytest.mark.parametrize(
    ('content', 'says'),
    [
        ('{"id": "a"}', 'entry 0 lacks'),
        ('nothing', 'neither a JSON list nor JSON lines'),
        ('[{"id": "a", "text": "x"}, {"id": "a", "text": "y"}]', 'record a is answered twice'),
        ('[3]', 'entry 0 lacks'),
    ],
    ids=['no text', 'no JSON', 'twice', 'number'],
)
def test_malformed_sentences(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / 'answers.json'
    path.write_text(content)
    with pytest.raises(ScoreError, match=says):
        read_sentences(path)
