# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rows of the benchmark's lists: read as a stream, malformed ones named."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smolrgpt_ros.language.question import Category
from smolrgpt_ros.warehouse import records
from smolrgpt_ros.warehouse.records import (
    RecordError,
    iter_by_picture,
    iter_records,
    iter_rows,
    parse_record,
    record_row,
)

ROW = {
    'id': 'aff5479b81c95b0194f58dbaaa041332',
    'image': '000315.png',
    'conversations': [
        {'from': 'human', 'value': '<image>\nHow far is the pallet <mask> from the shelf <mask>?'},
        {'from': 'gpt', 'value': 'The distance is 2.32 meters.'},
    ],
    'rle': [{'size': [4, 6], 'counts': 'h0'}, {'size': [4, 6], 'counts': '0h0'}],
    'category': 'distance',
    'normalized_answer': 2.32,
    'freeform_answer': 'The distance of [Region 0] from [Region 1] is 2.32 meters.',
}


def test_reads_a_row():
    record = parse_record(ROW)
    assert record.question == 'How far is the pallet <mask> from the shelf <mask>?'
    assert record.category is Category.DISTANCE
    assert record.normalized_answer == 2.32
    assert len(record.rle) == 2
    assert record.stem == '000315'
    assert record_row(record)['conversations'][0]['value'].startswith('<image>\nHow far')


def test_row_round_trip():
    record = parse_record(ROW)
    assert parse_record(record_row(record)) == record


def test_test_split_has_no_answers():
    row = {key: ROW[key] for key in ('id', 'image', 'rle')}
    row['conversations'] = ROW['conversations'][:1]
    record = parse_record(row, with_answers=False)
    assert record.category is None
    assert record.normalized_answer is None
    assert set(record_row(record, with_answers=False)) == {'id', 'image', 'conversations', 'rle'}


def changed(**values):
    row = copy.deepcopy(ROW)
    row.update(values)
    return row


def without(key):
    return {name: value for name, value in ROW.items() if name != key}


SILENT = [{'from': 'human', 'value': '<image>\n '}, *ROW['conversations'][1:]]
MALFORMED = [
    (without('id'), '#7', 'has no id'),
    (without('image'), ROW['id'], 'has no "image"'),
    (changed(image=3), ROW['id'], 'has no "image"'),
    (changed(conversations=[]), ROW['id'], "no 'human' turn"),
    (changed(conversations=ROW['conversations'][:1]), ROW['id'], "no 'gpt' turn"),
    (changed(conversations='text'), ROW['id'], "no 'human' turn"),
    (changed(conversations=SILENT), ROW['id'], 'its question is empty'),
    (changed(rle=ROW['rle'][:1]), ROW['id'], '1 masks for 2 <mask> tokens'),
    (without('rle'), ROW['id'], 'no list "rle"'),
    (changed(rle=[{'size': [4], 'counts': 'a'}] * 2), ROW['id'], 'mask 0 is no COCO RLE'),
    (changed(rle=[ROW['rle'][0], {'size': [4, 6], 'counts': [1]}]), ROW['id'], 'mask 1 is no COCO'),
    (changed(category='colour'), ROW['id'], "unknown category 'colour'"),
    (without('category'), ROW['id'], 'unknown category None'),
    (changed(normalized_answer=''), ROW['id'], "normalized_answer is ''"),
    (without('normalized_answer'), ROW['id'], 'normalized_answer is None'),
    ([1, 2], '#7', 'expected an object, got list'),
]


@pytest.mark.parametrize(
    ('row', 'record_id', 'problem'), MALFORMED, ids=[problem for _, _, problem in MALFORMED]
)
def test_malformed_row_is_named(row, record_id, problem):
    with pytest.raises(RecordError) as error:
        parse_record(row, 7)
    assert error.value.record_id == record_id
    assert problem in str(error.value)
    assert record_id in str(error.value)


def test_errors_travel_between_processes():
    error = pickle.loads(pickle.dumps(RecordError('abc', 'has no id')))
    assert (error.record_id, error.problem) == ('abc', 'has no id')


def test_listener_hears_of_bad_rows_and_gets_the_good_ones(tmp_path):
    path = tmp_path / 'val.json'
    path.write_text(json.dumps([ROW, changed(category='colour'), changed(id='b')]))
    heard: list[RecordError] = []
    good = [record.id for record in iter_records(path, on_error=heard.append)]
    assert good == [ROW['id'], 'b']
    assert [error.problem for error in heard] == [
        "unknown category 'colour', known are count, distance, left_right, mcq"
    ]
    with pytest.raises(RecordError, match='unknown category'):
        list(iter_records(path))


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('{"id": 1}', 'expected a JSON list'),
        ('', "expected a JSON list, found ''"),
        ('[{"id": 1}, {"id"', 'not valid JSON after row 1'),
        ('[{"id": 1}', "expected ',' after row 1, found ''"),
        ('[1 2', "expected ',' after row 1, found '2'"),
        ('[1,]', 'not valid JSON after row 1'),
    ],
    ids=['object', 'empty', 'cut in a row', 'not closed', 'no comma', 'comma'],
)
def test_broken_list(tmp_path, content, message):
    path = tmp_path / 'val.json'
    path.write_text(content)
    with pytest.raises(ValueError, match=message):
        list(iter_rows(path))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.lists(json_values, max_size=8), st.booleans(), st.sampled_from([1, 3, 16, 1 << 20]))
def test_stream_equals_whole(tmp_path_factory, rows, ascii_only, chunk):
    path = tmp_path_factory.mktemp('rows') / 'val.json'
    path.write_text(json.dumps(rows, ensure_ascii=ascii_only), encoding='utf-8')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, '_CHUNK', chunk)
        found = list(iter_rows(path))
    assert [row for _, _, row in found] == rows
    content = path.read_bytes()
    assert [json.loads(content[start : start + size]) for start, size, _ in found] == rows


def test_groups_by_picture_in_order_of_first_record(tmp_path):
    names = ['b.png', 'a.png', 'b.png', 'ü.png', 'a.png']
    rows = [changed(id=str(i), image=name) for i, name in enumerate(names)]
    path = tmp_path / 'val.json'
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False), encoding='utf-8')
    groups = {image: [r.id for r in found] for image, found in iter_by_picture(path)}
    assert groups == {'b.png': ['0', '2'], 'a.png': ['1', '4'], 'ü.png': ['3']}
    assert list(groups) == ['b.png', 'a.png', 'ü.png']


def test_reads_the_original_records(shared_dir):
    found = list(iter_records(shared_dir / 'warehouse' / 'records.json'))
    assert [(r.image, r.category, r.normalized_answer) for r in found] == [
        ('000315.png', Category.LEFT_RIGHT, 'left'),
        ('070760.png', Category.DISTANCE, 2.32),
    ]
    assert found[1].question.startswith('Tell me the distance')
