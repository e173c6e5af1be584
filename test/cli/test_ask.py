# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt ask`: good frames are answered, bad input gets one sentence and its exit code."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from frames import BOXES, Files, run, sentence, write_files
from PIL import Image

from smolrgpt_ros.cli.problem import BAD_INPUT, NOT_ANSWERED
from smolrgpt_ros.warehouse.render import depth_millimetres, detections
from smolrgpt_ros.warehouse.synthesis import asked_frame
from smolrgpt_ros.warehouse.truth import true_distance_m

DISTANCE = 'how far is crate from drum?'


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """One good frame."""
    return write_files(tmp_path)


def rows(arguments: list[str]) -> list[dict]:
    """The objects that `--json` prints."""
    return [json.loads(line) for line in run([*arguments, '--json']).stdout.splitlines()]


def test_answers_every_question_in_order(files: Files) -> None:
    answers = rows([*files.arguments(), 'is crate left of drum?', DISTANCE])
    assert [row['status'] for row in answers] == ['OK', 'OK']
    assert answers[0]['normalized'] == 'left'
    assert answers[1]['category'] == 'distance'
    assert {entry['id'] for entry in answers[1]['objects']} == {'crate', 'drum'}


def test_distance_in_a_hall_is_the_true_one(tmp_path: Path) -> None:
    frame = asked_frame(5, 0, viewpoint='high').frame
    camera, found = frame.camera, detections(frame, masks=False)
    pallets = [region.id for region in found if region.class_id == 'pallet'][:2]
    Image.fromarray(frame.colour).save(tmp_path / 'rgb.png')
    Image.fromarray(depth_millimetres(frame.depth_m)).save(tmp_path / 'depth.png')
    rows_of_file = [{'id': r.id, 'class': r.class_id, 'box': list(r.box_px)} for r in found]
    (tmp_path / 'boxes.json').write_text(json.dumps(rows_of_file))
    hall = Files(tmp_path, tmp_path / 'rgb.png', tmp_path / 'depth.png', tmp_path / 'boxes.json')
    arguments = hall.arguments(camera=f'{camera.fx},{camera.fy},{camera.cx},{camera.cy}')
    (row,) = rows([*arguments, f'how far is {pallets[0]} from {pallets[1]}?'])
    expected_m = true_distance_m(*(frame.world.thing(pallet) for pallet in pallets))
    assert row['value'] == pytest.approx(expected_m, rel=0.1)
    assert row['unit'] == 'm'


@pytest.mark.parametrize('kind', ['npy', 'tiff', 'scaled'])
def test_depth_in_metres_or_other_units_gives_the_same_distance(files: Files, kind: str) -> None:
    metres = np.asarray(Image.open(files.depth)).astype(np.float32) / 1000
    other, scale = files.folder / f'other.{kind}', '1000'
    if kind == 'npy':
        np.save(other, metres)
    elif kind == 'tiff':
        Image.fromarray(metres).save(other)
    else:
        other, scale = files.folder / 'scaled.png', '5000'
        Image.fromarray((5000 * metres).astype(np.uint16)).save(other)
    (expected,) = rows([*files.arguments(), DISTANCE])
    (row,) = rows([*files.arguments(depth=str(other), depth_scale=scale), DISTANCE])
    assert row['value'] == pytest.approx(expected['value'], abs=1e-3)


def test_mask_tokens_mean_the_detections_in_order(files: Files) -> None:
    (row,) = rows([*files.arguments(), 'Is the box <mask> left of the box <mask>?'])
    assert [entry['id'] for entry in row['objects']] == ['crate', 'drum']


def test_a_question_without_answer_costs_the_others_nothing(files: Files) -> None:
    result = run([*files.arguments(), '--json', 'tell me a joke', DISTANCE])
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert first['status'] == 'NOT_UNDERSTOOD'
    assert first['message']
    assert second['status'] == 'OK'
    assert result.exit_code == NOT_ANSWERED
    assert '1 of 2' in sentence(result)


def test_without_depth_sides_are_answered_and_distances_say_why_not(files: Files) -> None:
    side, distance = rows(
        [*files.arguments(depth='', camera=''), 'is crate left of drum?', DISTANCE]
    )
    assert side['normalized'] == 'left'
    assert distance['status'] == 'NO_DEPTH'
    assert 'depth' in distance['message']


def test_overlays_are_numbered_when_there_are_several(files: Files) -> None:
    out = files.folder / 'out' / 'answer.png'
    run([*files.arguments(overlay=str(out)), DISTANCE])
    with Image.open(out) as picture:
        assert picture.size == (160, 120)
    run([*files.arguments(overlay=str(out)), DISTANCE, 'is crate left of drum?'])
    assert sorted(path.name for path in out.parent.iterdir()) == [
        'answer.png',
        'answer_0.png',
        'answer_1.png',
    ]


def test_a_record_of_the_dataset_gives_its_masks(files: Files, tmp_path: Path) -> None:
    from smolrgpt_ros.warehouse.folder import encode_rle

    masks = []
    for x0, y0, x1, y1 in BOXES.values():
        mask = np.zeros((120, 160), bool)
        mask[y0:y1, x0:x1] = True
        masks.append(encode_rle(mask))
    record = tmp_path / 'record.json'
    record.write_text(json.dumps([{'id': 'a', 'rle': masks}]))
    (row,) = rows([*files.arguments(detections=str(record)), 'How far is <mask> from <mask>?'])
    (expected,) = rows([*files.arguments(), DISTANCE])
    assert row['value'] == pytest.approx(expected['value'], rel=0.05)


BAD = {
    'no picture': ({'image': '/nowhere.png'}, 'no picture /nowhere.png'),
    'camera of three numbers': ({'camera': '525,525,319'}, 'fx,fy,cx,cy'),
    'camera of words': ({'camera': 'a,b,c,d'}, 'fx,fy,cx,cy'),
    'camera without focal length': ({'camera': '0,525,319,239'}, 'above 0'),
    'camera not finite': ({'camera': 'nan,525,319,239'}, 'finite'),
    'depth without camera': ({'camera': ''}, '--camera'),
    'depth scale of zero': ({'depth_scale': '0'}, '--depth-scale is 0'),
    'unknown engine': ({'engine': 'oracle'}, "'oracle'"),
    'overlay in a format unknown': ({'overlay': 'x.nope'}, 'x.nope'),
}


@pytest.mark.parametrize(('replaced', 'says'), BAD.values(), ids=BAD.keys())
def test_bad_options_get_a_sentence(files: Files, replaced: dict[str, str], says: str) -> None:
    result = run([*files.arguments(**replaced), DISTANCE])
    assert result.exit_code == BAD_INPUT
    assert says in sentence(result)


DETECTIONS = {
    'no JSON': ('{', 'cannot be read as JSON'),
    'a number': ('3', 'expected'),
    'entry without box': ('[{"id": "a"}]', 'expected [x0, y0, x1, y1]'),
    'entry no object': ('[7]', 'expected an object'),
    'box of three': ('[{"box": [1, 2, 3]}]', '[1, 2, 3]'),
    'box inverted': ('[{"box": [50, 50, 20, 60]}]', 'x0 < x1'),
    'box outside': ('[{"box": [500, 50, 600, 60]}]', '160x120'),
    'box of NaN': ('[{"box": [NaN, 0, 5, 5]}]', 'finite'),
    'box of words': ('[{"box": ["a", 0, 5, 5]}]', 'finite number'),
    'id twice': (
        '[{"id": "a", "box": [0, 0, 9, 9]}, {"id": "a", "box": [0, 0, 5, 5]}]',
        'ids must differ',
    ),
    'rle damaged': ('[{"rle": {"size": [120, 160]}}]', 'cannot be decoded'),
    'rle of another size': ('[{"rle": {"size": [2, 2], "counts": "04"}}]', 'the picture 160x120'),
}


@pytest.mark.parametrize(('text', 'says'), DETECTIONS.values(), ids=DETECTIONS.keys())
def test_malformed_detections_get_a_sentence(files: Files, text: str, says: str) -> None:
    files.detections.write_text(text)
    result = run([*files.arguments(), DISTANCE])
    assert result.exit_code == BAD_INPUT
    assert says in sentence(result)


def test_a_box_that_leaves_the_picture_is_cut_to_it(files: Files) -> None:
    files.detections.write_text(
        '[{"id": "p_1", "box": [-5, -5, 50, 50]}, {"id": "p_2", "box": [60, 0, 900, 50]}]'
    )
    (row,) = rows([*files.arguments(), 'is p_1 left of p_2?'])
    assert [entry['box'] for entry in row['objects']] == [[0, 0, 50, 50], [60, 0, 160, 50]]


def test_empty_ids_are_filled(files: Files) -> None:
    files.detections.write_text(
        '[{"class": "box", "box": [0, 0, 50, 50]}, {"class": "box", "box": [60, 0, 90, 50]}]'
    )
    (row,) = rows([*files.arguments(), 'is box_0 left of box_1?'])
    assert row['normalized'] == 'left'


DEPTHS = {
    'another size': (np.zeros((60, 80), np.uint16), '80x60'),
    'eight bits': (np.zeros((120, 160), np.uint8), '8-bit depth is relative'),
    'colour': (np.zeros((120, 160, 3), np.uint8), 'one channel'),
}


@pytest.mark.parametrize(('pixels', 'says'), DEPTHS.values(), ids=DEPTHS.keys())
def test_depth_that_cannot_be_used_gets_a_sentence(
    files: Files, pixels: np.ndarray, says: str
) -> None:
    Image.fromarray(pixels).save(files.depth)
    result = run([*files.arguments(), DISTANCE])
    assert result.exit_code == BAD_INPUT
    assert says in sentence(result)


def test_a_truncated_picture_gets_a_sentence(files: Files) -> None:
    content = files.image.read_bytes()
    files.image.write_bytes(content[: len(content) // 2])
    result = run([*files.arguments(), DISTANCE])
    assert result.exit_code == BAD_INPUT
    assert 'cannot be read' in sentence(result)


def test_depth_without_any_measurement_is_no_success(files: Files) -> None:
    Image.fromarray(np.zeros((120, 160), np.uint16)).save(files.depth)
    (row,) = rows([*files.arguments(), DISTANCE])
    assert row['status'] == 'NO_DEPTH'


def test_json_is_strict_where_a_number_is_not_known(files: Files) -> None:
    (row,) = rows([*files.arguments(), 'is crate left of drum?'])
    assert row['value'] is None or math.isfinite(row['value'])
