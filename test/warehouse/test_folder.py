# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Dataset folders: written, read back, and each way in which one can be broken."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from smolrgpt_ros.warehouse.folder import DatasetFolder, decode_rle, encode_rle
from smolrgpt_ros.warehouse.noise import REALSENSE
from smolrgpt_ros.warehouse.records import RecordError
from smolrgpt_ros.warehouse.render import depth_millimetres
from smolrgpt_ros.warehouse.synthesis import Recipe, asked_frame, write_dataset

RECIPE = Recipe(scenes=2, seed=11, size_px=(240, 180), per_category=2)


@pytest.fixture(scope='module')
def written(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp('written')
    write_dataset(out, RECIPE)
    return out


@pytest.fixture
def folder(written, tmp_path) -> Path:
    """A copy that a test may break."""
    return Path(shutil.copytree(written, tmp_path / 'copy'))


def test_official_layout(written):
    assert sorted(p.name for p in written.iterdir()) == [
        'cameras.json', 'depths', 'images', 'metric_depths', 'val.json',
    ]  # fmt: skip
    assert sorted(p.name for p in (written / 'images').iterdir()) == ['000000.png', '000001.png']
    assert (written / 'depths' / '000001_depth.png').is_file()
    row = json.loads((written / 'val.json').read_text())[0]
    assert list(row) == [
        'id', 'image', 'conversations', 'rle', 'category', 'normalized_answer', 'freeform_answer',
    ]  # fmt: skip
    assert len(row['id']) == 32
    assert [turn['from'] for turn in row['conversations']] == ['human', 'gpt']
    assert row['conversations'][0]['value'].count('<mask>') == len(row['rle'])
    with Image.open(written / 'metric_depths' / '000000.png') as depth:
        assert np.asarray(depth).dtype == np.uint16
    with Image.open(written / 'depths' / '000000_depth.png') as depth:
        assert (np.asarray(depth).min(), np.asarray(depth).max()) == (0, 255)


def test_read_back_equals_what_was_rendered(written):
    for number, asked in enumerate(DatasetFolder(written).scenes(with_relative_depth=True)):
        made = asked_frame(11, number, size_px=(240, 180), per_category=2)
        scene = asked.scene
        np.testing.assert_array_equal(scene.colour, made.frame.colour)
        np.testing.assert_array_equal(scene.depth.raw, depth_millimetres(made.frame.depth_m))
        assert scene.relative_depth.dtype == np.uint8
        assert scene.camera == made.frame.camera
        assert scene.size_px == (240, 180)
        assert [r.normalized_answer for r in asked.records] == [q.answer for q in made.questions]
        for question, regions in zip(made.questions, asked.mask_regions, strict=True):
            for thing, region in zip(question.things, regions, strict=True):
                found = scene.regions[region]
                np.testing.assert_array_equal(found.mask, made.frame.mask(thing))
                assert found.box_px == made.frame.box_px(thing)
                assert found.class_id == ''
    assert number == 1


def test_one_region_for_the_same_mask_in_several_questions(written):
    for asked in DatasetFolder(written).scenes():
        used = {i for regions in asked.mask_regions for i in regions}
        assert used == set(range(len(asked.scene.regions)))
        assert sum(map(len, asked.mask_regions)) > len(asked.scene.regions)
        assert len({region.id for region in asked.scene.regions}) == len(asked.scene.regions)


def test_boxes_only(written):
    masks = next(DatasetFolder(written).scenes())
    boxes = next(DatasetFolder(written).scenes(regions='boxes', with_colour=False))
    assert [r.box_px for r in boxes.scene.regions] == [r.box_px for r in masks.scene.regions]
    assert all(region.mask is None for region in boxes.scene.regions)
    assert boxes.scene.colour is None
    with pytest.raises(ValueError, match="'masks' or 'boxes', not 'outlines'"):
        next(DatasetFolder(written).scenes(regions='outlines'))


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob('*') if p.is_file()}


def test_same_recipe_same_files_whatever_the_processes(tmp_path):
    recipe = Recipe(scenes=2, seed=3, size_px=(160, 120), per_category=1, noise=REALSENSE)
    told = []
    count = write_dataset(tmp_path / 'a', recipe, on_progress=lambda *args: told.append(args))
    write_dataset(tmp_path / 'b', recipe, processes=2)
    assert files(tmp_path / 'a') == files(tmp_path / 'b')
    assert told == [(1, 2), (2, 2)]
    assert count == len(list(DatasetFolder(tmp_path / 'a').records()))
    with pytest.raises(FileExistsError, match=r'val\.json exists already'):
        write_dataset(tmp_path / 'a', recipe)


def test_test_split_carries_no_answers(tmp_path):
    write_dataset(tmp_path, Recipe(1, 3, size_px=(160, 120), per_category=1, split='test'))
    text = (tmp_path / 'test.json').read_text()
    assert 'gpt' not in text
    assert 'normalized_answer' not in text
    asked = next(DatasetFolder(tmp_path, 'test').scenes())
    assert all(r.category is None for r in asked.records)


@pytest.mark.parametrize(
    ('wrong', 'message'),
    [
        ({'scenes': 0}, 'scenes must be at least 1'),
        ({'viewpoint': 'moon'}, 'viewpoint must be one of mixed, high, robot'),
        ({'size_px': (640, 10)}, '640x10 pixels are too small'),
        ({'split': 'all'}, 'split must be train, val or test'),
    ],
    ids=lambda value: str(value),
)
def test_recipe_refuses(wrong, message):
    with pytest.raises(ValueError, match=message):
        Recipe(**({'scenes': 1, 'seed': 0} | wrong))


def edit_rows(folder: Path, change) -> None:
    rows = json.loads((folder / 'val.json').read_text())
    change(rows)
    (folder / 'val.json').write_text(json.dumps(rows))


def read(folder: Path) -> tuple[int, list[RecordError]]:
    heard: list[RecordError] = []
    good = sum(len(a.records) for a in DatasetFolder(folder).scenes(on_error=heard.append))
    return good, heard


def remove(*parts):
    return lambda folder: (folder.joinpath(*parts)).unlink()


def truncate(*parts):
    def do(folder: Path) -> None:
        path = folder.joinpath(*parts)
        path.write_bytes(path.read_bytes()[:300])

    return do


def replace_picture(*parts, pixels):
    return lambda folder: Image.fromarray(pixels).save(folder.joinpath(*parts))


BROKEN_PICTURES = {
    'missing picture': (remove('images', '000000.png'), 'images/000000.png is missing'),
    'cut picture': (truncate('images', '000000.png'), '000000.png cannot be read'),
    'cut depth': (truncate('metric_depths', '000000.png'), '000000.png cannot be read'),
    'depth of another size': (
        replace_picture('metric_depths', '000000.png', pixels=np.ones((5, 6), np.uint16)),
        'has shape (5, 6), the picture is 240x180',
    ),
    '8-bit metric depth': (
        replace_picture('metric_depths', '000000.png', pixels=np.ones((180, 240), np.uint8)),
        'is uint8, expected 16-bit millimetres',
    ),
}


@pytest.mark.parametrize('case', BROKEN_PICTURES)
def test_broken_picture_names_each_of_its_records(folder, case):
    spoil, problem = BROKEN_PICTURES[case]
    rows = json.loads((folder / 'val.json').read_text())
    lost = [row['id'] for row in rows if row['image'] == '000000.png']
    spoil(folder)
    good, heard = read(folder)
    assert [error.record_id for error in heard] == lost
    assert all(problem in error.problem for error in heard)
    assert good == len(rows) - len(lost)
    with pytest.raises(RecordError):
        list(DatasetFolder(folder).scenes())


def wrong_size(rows):
    rows[0]['rle'][0]['size'] = [90, 120]


def size_not_runs(rows):
    # Runs for another number of pixels, although the size fits the picture.
    rows[0]['rle'][0]['counts'] = encode_rle(np.ones((10, 10), bool))['counts']


def garbage(rows):
    rows[0]['rle'][0]['counts'] = '\u20ac!!'


def empty_mask(rows):
    rows[0]['rle'][0] = encode_rle(np.zeros((180, 240), bool))


def fewer(rows):
    rows[0]['rle'].pop()


@pytest.mark.parametrize(
    ('change', 'problem'),
    [
        (wrong_size, 'mask 0 is 120x90, the picture 240x180'),
        (size_not_runs, 'do not make up 240x180 pixels'),
        (garbage, 'do not make up 240x180 pixels'),
        (empty_mask, 'mask 0 is empty'),
        (fewer, '<mask> tokens'),
    ],
    ids=lambda value: getattr(value, '__name__', ''),
)
def test_broken_mask_costs_only_its_record(folder, change, problem):
    before = json.loads((folder / 'val.json').read_text())
    edit_rows(folder, change)
    good, heard = read(folder)
    assert [error.record_id for error in heard] == [before[0]['id']]
    assert problem in heard[0].problem
    assert good == len(before) - 1


def test_without_metres_only_relative_depth(folder):
    shutil.rmtree(folder / 'metric_depths')
    (folder / 'cameras.json').unlink()
    asked = next(DatasetFolder(folder).scenes())
    assert asked.scene.depth is None
    assert asked.scene.camera is None
    assert asked.scene.relative_depth.shape == (180, 240)


def test_unreadable_cameras(folder):
    (folder / 'cameras.json').write_text('{"000000": {"fx": 3}}')
    with pytest.raises(ValueError, match=r'cameras\.json: expected'):
        list(DatasetFolder(folder).scenes())


def test_missing_split_names_those_there(written):
    with pytest.raises(FileNotFoundError, match=r'train\.json; this folder has val'):
        list(DatasetFolder(written, 'train').records())


def test_reads_the_original_picture(shared_dir):
    heard: list[RecordError] = []
    folder = DatasetFolder(shared_dir / 'warehouse' / 'records.json')
    asked = list(folder.scenes(on_error=heard.append))
    assert [a.image for a in asked] == ['000315.png']
    left, right = (asked[0].scene.regions[i] for i in asked[0].mask_regions[0])
    assert left.box_px[2] < right.box_px[0]
    assert asked[0].scene.relative_depth.shape == (1080, 1920)
    assert asked[0].scene.depth is None
    assert [error.problem for error in heard] == ['picture images/070760.png is missing']


@given(hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40)))
def test_rle_round_trip(mask):
    np.testing.assert_array_equal(decode_rle(encode_rle(mask)), mask)


@given(st.text(max_size=12), st.integers(1, 30), st.integers(1, 30))
def test_any_string_is_a_mask_or_a_record_error(counts, height, width):
    rle = {'size': [height, width], 'counts': counts}
    try:
        mask = decode_rle(rle, 'abc')
    except RecordError as error:
        named = error.record_id
    else:
        named, expected = 'abc', (height, width)
        assert mask.shape == expected
    assert named == 'abc'
