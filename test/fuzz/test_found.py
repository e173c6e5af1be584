# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What fuzzing and reading with a fuzzer's eye found, in its shortest and readable form."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace

import numpy as np
import pytest

from fuzz.limits import limited_memory, limited_time
from smolrgpt_ros.evaluation.spatialrgpt.categories import ASKED
from smolrgpt_ros.evaluation.spatialrgpt.reading import read_answer as read_bench_answer
from smolrgpt_ros.evaluation.spatialrgpt.records import looks_like_bench, parse_bench_row
from smolrgpt_ros.language.answer import QuestionError
from smolrgpt_ros.language.parsing import parse
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.language.reading import read_answer
from smolrgpt_ros.scene.camera import Camera, CameraError
from smolrgpt_ros.warehouse.folder import DatasetFolder, decode_rle
from smolrgpt_ros.warehouse.records import RecordError, iter_rows, parse_record

HAS_TORCH = importlib.util.find_spec('torch') is not None
if HAS_TORCH:
    from smolrgpt_ros.models.smolrgpt.config import FULL_SIZE, read_config
    from smolrgpt_ros.models.smolrgpt.errors import CheckpointError
    from smolrgpt_ros.models.smolrgpt.preprocessing import read_preprocessing
    from smolrgpt_ros.models.smolrgpt.stored import StoredTensors

ROW = {
    'id': 'r1',
    'image': 'a.png',
    'conversations': [{'from': 'human', 'value': 'x'}, {'from': 'gpt', 'value': 'y'}],
    'rle': [],
    'category': 'count',
    'normalized_answer': 1,
}
BENCH_ROW = {
    'id': 'b1',
    'image_info': {'file_path': 'a.jpg'},
    'conversations': [{'from': 'human', 'value': 'x'}, {'from': 'gpt', 'value': 'Yes.'}],
    'rle': [],
    'qa_info': {'category': 'left_predicate'},
}


@pytest.fixture(autouse=True)
def limits():
    with limited_time(), limited_memory():
        yield


@pytest.mark.parametrize(
    'image',
    [
        pytest.param('/etc/hostname', id='absolute'),
        pytest.param('../secret.png', id='upwards'),
        pytest.param('a/../../secret.png', id='upwards later'),
        pytest.param('a\0.png', id='a zero byte'),
        pytest.param('a' * 300 + '.png', id='longer than file systems take'),
        pytest.param('a/' * 20 + 'a.png', id='deep'),
        pytest.param('\ud800.png', id='half a character'),
        pytest.param('.', id='the folder itself'),
    ],
)
def test_a_picture_is_inside_of_its_folder(image):
    with pytest.raises(RecordError, match=r"inside of the dataset's folder"):
        parse_record({**ROW, 'image': image})
    if image[0] != '/':  # the benchmark's own paths begin with one
        with pytest.raises(RecordError, match=r"inside of the dataset's folder"):
            parse_bench_row({**BENCH_ROW, 'image_info': {'file_path': image}})


@pytest.mark.parametrize('category', [[], {}, None, 3])
def test_a_category_of_any_type(category):
    with pytest.raises(RecordError, match='unknown category'):
        parse_record({**ROW, 'category': category})
    with pytest.raises(RecordError, match='unknown category'):
        parse_bench_row({**BENCH_ROW, 'qa_info': {'category': category}})


@pytest.mark.parametrize('said', ['<image>\n', '<image> \n<depth>'])
def test_a_question_of_nothing_but_pictures(said):
    turns = [{'from': 'human', 'value': said}, *BENCH_ROW['conversations'][1:]]
    with pytest.raises(RecordError, match='its question is empty'):
        parse_bench_row({**BENCH_ROW, 'conversations': turns})


@pytest.mark.parametrize('text', ['{[]: 1}', '[' * 100_000, '(' * 500, "{'a': "])
def test_text_that_is_no_table(text):
    with pytest.raises(RecordError, match='"qa_info" is no JSON'):
        parse_bench_row({**BENCH_ROW, 'qa_info': text})


@pytest.mark.parametrize(
    'content',
    [
        pytest.param(b'[' * 100_000, id='nested too deep'),
        pytest.param(b'[1' + b'1' * 5000 + b']', id='a number of thousands of digits'),
        pytest.param(b'[{"a": "\xff"}]', id='no UTF-8'),
    ],
)
def test_a_file_that_is_no_list_of_rows(tmp_path, content):
    path = tmp_path / 'val.json'
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r'val\.json'):
        list(iter_rows(path))
    assert not looks_like_bench(path)


@pytest.mark.parametrize('fx', ['1e999', '-1', '0', 'NaN', '1' + '0' * 400, '[]'])
def test_a_camera_that_no_picture_has(tmp_path, fx):
    (tmp_path / 'cameras.json').write_text(f'{{"a": {{"fx": {fx}, "fy": 1, "cx": 1, "cy": 1}}}}')
    with pytest.raises(ValueError, match=r'cameras\.json'):
        _ = DatasetFolder(tmp_path).cameras


@pytest.mark.parametrize(
    ('size', 'counts'),
    [
        pytest.param([8, 8], 'P' * 1_000_000, id='one length of a million digits'),
        pytest.param([8, 8], '0' * 1_000_000, id='a million runs'),
        pytest.param([2**31, 2**31], '0', id='more pixels than memory'),
    ],
)
def test_masks_that_would_cost_everything(size, counts):
    with pytest.raises(RecordError, match='mask 0'):
        decode_rle({'size': size, 'counts': counts}, 'r1')


def test_a_mask_of_booleans_has_no_size():
    with pytest.raises(RecordError, match='no COCO RLE'):
        parse_record({**ROW, 'rle': [{'size': [True, True], 'counts': '1'}]})


def test_a_question_about_between_without_the_word():
    with pytest.raises(QuestionError, match="'between' is missing"):
        parse('how far is pallet_1 from pallet_2?', category=Category.BETWEEN)


def test_a_distance_in_words_is_a_float():
    assert isinstance(read_answer('eleven', Category.DISTANCE).normalized, float)


@pytest.mark.parametrize(
    'text',
    [' ' * 200_000, '1,111' * 50_000, 'between ' * 30_000],
    ids=['blanks', 'digits', 'words'],
)
def test_a_sentence_of_any_length(text):
    for asked in ASKED.values():
        read_bench_answer(asked, text)


def camera(**changed):
    values = {'width': 8, 'height': 6, 'k': [8.0, 0, 4, 0, 8, 3, 0, 0, 1], 'd': [], 'p': [0.0] * 12}
    return Camera.from_info(
        **{**values, **changed}, distortion_model='plumb_bob', rectified=False,
    )  # fmt: skip


def test_binning_that_leaves_nothing_of_the_picture():
    with pytest.raises(CameraError, match=r'binning 99x1 leaves nothing of 8x6'):
        camera(binning=(99, 1))


@pytest.mark.parametrize(
    ('place', 'value'), [(0, 1e-310), (0, 1e308), (4, 1e-9), (2, 1e300), (5, -1e9)]
)
def test_lengths_that_no_camera_has(place, value):
    k = [8.0, 0, 4, 0, 8, 3, 0, 0, 1]
    k[place] = value
    with pytest.raises(CameraError, match='which no camera has'):
        camera(k=k)
    assert camera().fx == 8.0


def test_a_picture_that_claims_four_gigabytes(tmp_path):
    """Pillow reads as many bytes as a chunk of a PNG claims to have, beyond the file's end."""
    from PIL import Image

    (tmp_path / 'images').mkdir()
    path = tmp_path / 'images' / 'a.png'
    Image.fromarray(np.zeros((6, 8, 3), np.uint8)).save(path)
    content = bytearray(path.read_bytes())
    start = content.index(b'IDAT')
    content[start - 4 : start] = b'\xf0\x00\x00\x00'
    path.write_bytes(content)
    (tmp_path / 'val.json').write_text(json.dumps([ROW]))
    told = []
    assert list(DatasetFolder(tmp_path).scenes(on_error=told.append)) == []
    assert [problem.record_id for problem in told] == ['r1']


@pytest.mark.skipif(not HAS_TORCH, reason='needs torch')
class TestCheckpoints:
    """Configurations and tables that would cost everything, or are of other types."""

    @pytest.mark.parametrize(
        ('key', 'value'),
        [
            ('lm_n_blocks', 10**12),
            ('vit_n_blocks', 129),
            ('lm_base_vocab_size', 2**40),
            ('lm_rms_eps', float('nan')),
            ('lm_re_base', float('inf')),
        ],
    )
    def test_numbers_that_no_network_has(self, tmp_path, key, value):
        path = tmp_path / 'config.json'
        path.write_text(replace(FULL_SIZE, **{key: value}).to_json())
        with pytest.raises(CheckpointError, match=rf'config\.json: {key} is .*, expected'):
            read_config(path)

    @pytest.mark.parametrize(
        'row',
        [
            {'dtype': 'F32', 'shape': [1], 'data_offsets': ['0', '4']},
            {'dtype': 'F32', 'shape': ['1'], 'data_offsets': [0, 4]},
            {'dtype': 'F32', 'shape': [1.0], 'data_offsets': [0, 4]},
            {'dtype': [], 'shape': 1, 'data_offsets': [0, 4]},
            [],
        ],
    )
    def test_a_table_of_other_types(self, tmp_path, row):
        table = json.dumps({'w': row}).encode()
        path = tmp_path / 'model.safetensors'
        path.write_bytes(len(table).to_bytes(8, 'little') + table + bytes(4))
        with pytest.raises(CheckpointError, match='tensor w is broken'):
            StoredTensors(path)

    @pytest.mark.parametrize('file', ['config.json', 'preprocessor_config.json'])
    def test_nested_too_deep(self, tmp_path, file):
        (tmp_path / file).write_text('[' * 100_000)
        with pytest.raises(CheckpointError, match='cannot be read as JSON'):
            read_config(tmp_path / file) if file == 'config.json' else read_preprocessing(tmp_path)
