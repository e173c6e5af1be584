# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smolrgpt_ros.training.data.folder import FolderPictures
from smolrgpt_ros.training.data.pictures import TaughtPicture
from smolrgpt_ros.training.data.record_index import record_index
from smolrgpt_ros.warehouse.folder import decode_rle
from smolrgpt_ros.warehouse.records import RecordError
from smolrgpt_ros.warehouse.synthesis import Recipe, write_dataset


@pytest.fixture(scope='module')
def written(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp('data') / 'set'
    write_dataset(folder, Recipe(3, seed=5, size_px=(128, 96), per_category=3, split='train'))
    return folder


@pytest.fixture
def folder(written, tmp_path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(written, tmp_path / 'set', ignore=shutil.ignore_patterns('.*')))


def read_all(source: FolderPictures) -> list[TaughtPicture]:
    return [source.picture(number) for number in range(len(source))]


def rows_of(folder: Path) -> list[dict]:
    return json.loads((folder / 'train.json').read_text())


def test_every_record_is_read(written):
    source, rows = FolderPictures(written), rows_of(written)
    asked = {q.id: (p, q) for n in range(len(source)) for p in [source.picture(n)]
             for q in p.questions}  # fmt: skip
    assert set(asked) == {row['id'] for row in rows}
    for row in rows:
        picture, question = asked[row['id']]
        assert '<image>\n' + question.text == row['conversations'][0]['value']
        assert question.category == row['category']
        assert picture.name == row['image']
        for place, thing in enumerate(question.things):
            assert (picture.masks[thing] == decode_rle(row['rle'][place])).all()
        said = row['normalized_answer']
        if row['category'] == 'distance':
            assert question.answer == f'{said:.2f}'
        else:
            assert question.answer == str(said)


def test_picture_depth_and_camera(written):
    picture = FolderPictures(written).picture(1)
    stem = Path(picture.name).stem
    read = lambda *parts: np.asarray(Image.open(written.joinpath(*parts)))  # noqa: E731
    assert (picture.colour == read('images', f'{stem}.png')).all()
    assert (picture.relative_depth == read('depths', f'{stem}_depth.png')).all()
    metric = read('metric_depths', f'{stem}.png').astype(np.float64) / 1000.0
    np.testing.assert_allclose(picture.depth_m, metric, rtol=1e-6)
    assert picture.camera.fx == json.loads((written / 'cameras.json').read_text())[stem]['fx']


def test_freeform(written):
    source, rows = FolderPictures(written, kind='freeform'), {r['id']: r for r in rows_of(written)}
    for question in source.picture(0).questions:
        assert question.answer == rows[question.id]['freeform_answer']


def test_without_metric_depth_and_cameras(folder):
    shutil.rmtree(folder / 'metric_depths')
    (folder / 'cameras.json').unlink()
    picture = FolderPictures(folder).picture(0)
    assert picture.depth_m is None
    assert picture.camera is None
    assert picture.relative_depth.any()
    assert picture.questions


def test_holes_of_metric_depth_are_zero(folder):
    path = folder / 'metric_depths' / '000000.png'
    depth = np.array(Image.open(path))
    depth[:5] = 0
    Image.fromarray(depth).save(path)
    picture = FolderPictures(folder).picture(0)
    assert (picture.depth_m[:5] == 0).all()
    assert (picture.depth_m[5:] > 0).all()


@pytest.mark.parametrize('cap', [1, 2, 5, 100])
def test_pictures_with_many_questions_are_split(written, cap):
    whole, split = FolderPictures(written), FolderPictures(written, questions=cap)
    ids = [q.id for n in range(len(whole)) for q in whole.picture(n).questions]
    parts = [[q.id for q in split.picture(n).questions] for n in range(len(split))]
    assert [i for part in parts for i in part] == ids
    assert max(map(len, parts)) <= cap


def test_boxes(written):
    for mask in FolderPictures(written, boxes=1.0).picture(0).masks:
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        assert mask.sum() == len(rows) * len(columns)


def test_numbers_outside(written):
    source = FolderPictures(written)
    for number in (-1, len(source)):
        with pytest.raises(IndexError, match=str(number)):
            source.picture(number)


def test_crosses_to_another_process(written):
    source = FolderPictures(written)
    other = pickle.loads(pickle.dumps(source))
    assert other.fingerprint == source.fingerprint
    assert [q.text for q in other.picture(1).questions] == [
        q.text for q in source.picture(1).questions
    ]


# --- the index ---------------------------------------------------------------------------------


def test_the_index_is_kept_beside_the_list(folder, monkeypatch):
    first = FolderPictures(folder)
    assert (folder / '.train.normalized.index.npz').is_file()

    def must_not(*_):
        raise AssertionError('the list was read again')

    monkeypatch.setattr('smolrgpt_ros.training.data.record_index.iter_rows', must_not)
    assert FolderPictures(folder).fingerprint == first.fingerprint


def test_a_changed_list_is_read_again(folder):
    before = FolderPictures(folder)
    rows = rows_of(folder)
    (folder / 'train.json').write_text(json.dumps(rows[:4]))
    after = FolderPictures(folder)
    assert after.fingerprint != before.fingerprint
    assert sum(len(after.picture(n).questions) for n in range(len(after))) == 4


def test_a_broken_index_is_made_anew(folder):
    kept = folder / '.train.normalized.index.npz'
    expected = FolderPictures(folder).fingerprint
    for content in (b'', b'PK\x03\x04 no archive', kept.read_bytes()[:200]):
        kept.write_bytes(content)
        assert FolderPictures(folder).fingerprint == expected


def test_the_index_of_a_folder_that_cannot_be_written(folder, tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    # Whoever runs the tests may write everywhere: a folder in the way of the file stops anybody.
    (folder / '.train.normalized.index.npz').mkdir()
    FolderPictures(folder)
    assert len(list((tmp_path / 'cache' / 'smolrgpt_ros').glob('*.npz'))) == 1


def test_rows_of_a_picture_need_not_be_neighbours(folder):
    rows = rows_of(folder)
    mixed = [row for place in range(12) for row in rows[place::12]]
    (folder / 'train.json').write_text(json.dumps(mixed, indent=2))
    source = FolderPictures(folder)
    for number in range(len(source)):
        picture = source.picture(number)
        assert [q.id for q in picture.questions] == [
            row['id'] for row in mixed if row['image'] == picture.name
        ]


def test_memory_holds_places_only(folder):
    index = record_index(folder / 'train.json', 'any', lambda row, _: row['image'])
    text = (folder / 'train.json').read_bytes()
    for offset, length in zip(index.offsets, index.lengths, strict=True):
        assert 'rle' in json.loads(text[offset : offset + length])


# --- what is malformed -------------------------------------------------------------------------

Spoil = Callable[[Path, list[dict]], None]


def _row(**values) -> Spoil:
    def spoil(folder: Path, rows: list[dict]) -> None:
        rows[0].update(values)

    return spoil


def _few_masks(folder: Path, rows: list[dict]) -> None:
    rows[0]['rle'] = rows[0]['rle'][:1]


def _wrong_size(folder: Path, rows: list[dict]) -> None:
    rows[0]['rle'] = [{**mask, 'size': [90, 128]} for mask in rows[0]['rle']]


def _cut_runs(folder: Path, rows: list[dict]) -> None:
    rows[0]['rle'] = [{**mask, 'counts': mask['counts'][:2]} for mask in rows[0]['rle']]


def _no_picture(folder: Path, rows: list[dict]) -> None:
    (folder / 'images' / rows[0]['image']).unlink()


def _corrupt_picture(folder: Path, rows: list[dict]) -> None:
    path = folder / 'images' / rows[0]['image']
    path.write_bytes(path.read_bytes()[:300])


def _no_depth(folder: Path, rows: list[dict]) -> None:
    for name in ('depths/000000_depth.png', 'metric_depths/000000.png'):
        (folder / name).unlink()


def _corrupt_depth(folder: Path, rows: list[dict]) -> None:
    (folder / 'depths' / '000000_depth.png').write_bytes(b'no picture')


SPOILT = [
    pytest.param(_row(category='poetry'), "unknown category 'poetry'", 1, id='unknown category'),
    pytest.param(_row(normalized_answer=''), "normalized_answer is ''", 1, id='empty answer'),
    pytest.param(_row(normalized_answer=None), 'normalized_answer is None', 1, id='no answer'),
    pytest.param(_row(conversations=[]), "no 'human' turn", 1, id='no question'),
    pytest.param(_row(image=''), 'has no "image"', 1, id='no image'),
    pytest.param(_row(rle=None), 'has no list "rle"', 1, id='no masks'),
    pytest.param(_few_masks, '1 masks for', 1, id='fewer masks than tokens'),
    pytest.param(_wrong_size, 'mask 0 is 128x90, the picture 128x96', 1, id='RLE of another size'),
    pytest.param(_cut_runs, 'runs of its RLE', 1, id='RLE that is cut'),
    pytest.param(_no_picture, 'is missing', 12, id='missing picture'),
    pytest.param(_corrupt_picture, 'cannot be read', 12, id='corrupt picture'),
    pytest.param(_no_depth, 'depth of 000000.png is missing', 12, id='missing depth'),
    pytest.param(_corrupt_depth, 'cannot be read', 12, id='corrupt depth'),
]


def _spoilt(folder: Path, spoil: Spoil) -> tuple[str, int, list[dict]]:
    rows = rows_of(folder)
    spoil(folder, rows)
    (folder / 'train.json').write_text(json.dumps(rows))
    first = sum(row['image'] == '000000.png' for row in rows_of(folder))
    return rows[0]['id'], first, rows


@pytest.mark.parametrize(('spoil', 'message', 'lost'), SPOILT)
def test_what_is_malformed_is_left_out_counted_and_named(folder, spoil, message, lost):
    record_id, of_first, rows = _spoilt(folder, spoil)
    lost = min(lost, of_first)
    source = FolderPictures(folder)
    pictures = read_all(source)
    told = [*source.problems.first, *(line for picture in pictures for line in picture.problems)]
    assert len(told) == lost
    assert any(record_id in line and message in line for line in told), told
    assert sum(len(picture.questions) for picture in pictures) == len(rows) - lost


@pytest.mark.parametrize(('spoil', 'message', 'lost'), SPOILT)
def test_strict_stops_at_what_is_malformed(folder, spoil, message, lost):
    record_id, *_ = _spoilt(folder, spoil)
    with pytest.raises(RecordError, match=record_id) as raised:
        read_all(FolderPictures(folder, strict=True))
    assert message in str(raised.value)


def test_strict_stops_although_an_index_was_kept(folder):
    _spoilt(folder, _row(category='poetry'))
    assert FolderPictures(folder).problems.count == 1
    assert FolderPictures(folder).problems.count == 1
    with pytest.raises(RecordError, match='poetry'):
        FolderPictures(folder, strict=True)


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        pytest.param('[]', 'no usable record', id='empty list'),
        pytest.param('[{"id": "a1"}]', 'a1: has no "image"', id='not one usable'),
        pytest.param('{"id": 1}', 'expected a JSON list', id='no list'),
        pytest.param('[{"id": "a1"', 'not valid JSON', id='cut off'),
    ],
)
def test_lists_that_are_none(folder, content, message):
    (folder / 'train.json').write_text(content)
    with pytest.raises(ValueError, match=message):
        FolderPictures(folder)


@pytest.mark.parametrize(
    ('values', 'error', 'message'),
    [
        pytest.param({'split': 'val'}, FileNotFoundError, 'this folder has train', id='no split'),
        pytest.param({'kind': 'poem'}, ValueError, 'poem', id='unknown kind'),
        pytest.param({'questions': 0}, ValueError, 'questions', id='no questions'),
        pytest.param({'boxes': 2.0}, ValueError, 'boxes', id='no share'),
    ],
)
def test_refused(written, values, error, message):
    with pytest.raises(error, match=message):
        FolderPictures(written, **values)


def test_the_test_split_cannot_be_learnt(folder):
    (folder / 'train.json').rename(folder / 'test.json')
    with pytest.raises(ValueError, match='no answers to learn'):
        FolderPictures(folder, 'test')


# --- captions and regions ----------------------------------------------------------------------


def _turns(*texts: str) -> list[dict]:
    return [{'from': ('human', 'gpt')[i % 2], 'value': text} for i, text in enumerate(texts)]


def _write(folder: Path, row: dict) -> Path:
    (folder / 'train.json').write_text(json.dumps([{'id': 'c1', 'image': '000000.png', **row}]))
    return folder


def test_captions_need_neither_depth_nor_masks(folder):
    for name in ('depths', 'metric_depths'):
        shutil.rmtree(folder / name)
    _write(folder, {'conversations': _turns('<image>\nDescribe it.', 'A hall. ')})
    picture = FolderPictures(folder, kind='caption').picture(0)
    (question,) = picture.questions
    assert (question.text, question.answer, question.things) == ('Describe it.', 'A hall.', ())
    assert question.category == 'caption'
    assert not picture.relative_depth.any()


def test_regions_come_in_several_turns(folder):
    rle = rows_of(folder)[0]['rle'][:2]
    texts = ('What is <mask>?', 'a pallet', 'Is <mask> inside <mask>?', 'no')
    _write(folder, {'conversations': _turns(*texts), 'rle': [rle[0], rle[1], rle[0]]})
    picture = FolderPictures(folder, kind='region').picture(0)
    assert [(q.id, q.things, q.answer) for q in picture.questions] == [
        ('c1#0', (0,), 'a pallet'),
        ('c1#1', (1, 0), 'no'),
    ]


@pytest.mark.parametrize(
    ('kind', 'row', 'message'),
    [
        ('caption', {'conversations': _turns('Describe it.', ' ')}, 'the answer is empty'),
        ('caption', {'conversations': _turns('Describe it.')}, 'no pairs of turns'),
        ('caption', {'conversations': _turns('What is <mask>?', 'x')}, '1 <mask> tokens'),
        ('region', {'conversations': _turns('What is <mask>?', 'x'), 'rle': []}, '0 masks for 1'),
        ('region', {'conversations': _turns('a', 'b')[::-1]}, 'turns of human and gpt'),
    ],
    ids=['empty', 'one turn', 'caption with a mask', 'fewer masks', 'the wrong way round'],
)
def test_rows_with_turns_that_are_malformed(folder, kind, row, message):
    _write(folder, row)
    with pytest.raises(RecordError, match=f'record c1.*{message}'):
        FolderPictures(folder, kind=kind, strict=True)
