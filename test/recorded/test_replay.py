# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Recordings replayed: resumed, in parallel, with other topics and frames."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import pytest
from recordings import COUNT, DISTANCE, comparable, geometric, plan_of, record, replayed

from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.recorded.answer_file import AnswerFile, AnswerFileError
from smolrgpt_ros.recorded.archive import RayMissingError, annotate, annotate_with_ray
from smolrgpt_ros.recorded.asking import Asker
from smolrgpt_ros.recorded.bag import Bag, BagError
from smolrgpt_ros.recorded.frames import fitted_settings
from smolrgpt_ros.recorded.moment import moment_ns, playback_at
from smolrgpt_ros.recorded.playback import Playback
from smolrgpt_ros.recorded.questions import Asking
from smolrgpt_ros.recorded.replay import query_id
from smolrgpt_ros.recorded.topics import Topics

HAS_RAY = importlib.util.find_spec('ray') is not None


def write_answers(out: Path, paths: list[Path], plan) -> list[str]:
    """Answer into a file as the command does; returns the query ids that were new."""
    new: list[str] = []
    with AnswerFile(out, plan.identity()) as answers:

        def on_row(row: dict) -> None:
            answers.add(row)
            new.append(row['query_id'])

        annotate(paths, plan, done=answers.done, on_row=on_row, on_time=lambda *_: None)
    return new


def rows_of(out: Path) -> list[dict]:
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    return [{key: value for key, value in row.items() if key != 'latency_s'} for row in rows]


def test_answers_say_when_and_about_which_picture(run_mcap: Path):
    rows, _ = replayed(run_mcap, plan_of())
    assert [(row['at_s'], row['question']) for row in rows] == [
        (0.9, DISTANCE),
        (0.9, COUNT),
        (1.8, DISTANCE),
        (1.8, COUNT),
    ]
    with Bag(run_mcap) as bag:
        ages = [(bag.start_ns + row['at_s'] * 1e9 - row['stamp_ns']) / 1e9 for row in rows]
    assert [row['image_age_s'] for row in rows] == pytest.approx(ages, abs=1e-6)
    assert all(0 <= age <= 0.2 for age in ages)


@pytest.mark.parametrize('kept', [0, 1, 3, 4])
def test_a_killed_replay_is_gone_on_with(tmp_path: Path, run_mcap: Path, kept: int):
    plan = plan_of()
    whole = tmp_path / 'whole.jsonl'
    ids = write_answers(whole, [run_mcap], plan)
    assert ids == [query_id(run_mcap, ns, n) for ns in (900_000_000, 1_800_000_000) for n in (0, 1)]
    out = tmp_path / 'answers.jsonl'
    lines = whole.read_bytes().splitlines(keepends=True)
    half = lines[kept][:40] if kept < len(lines) else b''
    out.write_bytes(b''.join(lines[:kept]) + half)
    assert write_answers(out, [run_mcap], plan) == ids[kept:]
    assert rows_of(out) == rows_of(whole)


def test_answers_of_another_run_are_not_mixed(tmp_path: Path, run_mcap: Path):
    out = tmp_path / 'answers.jsonl'
    write_answers(out, [run_mcap], plan_of())
    before = out.read_bytes()
    with pytest.raises(AnswerFileError, match='another run'):
        write_answers(out, [run_mcap], plan_of(frames=('odom', None, None)))
    with (
        AnswerFile(out, plan_of().identity()),
        pytest.raises(AnswerFileError, match='another process'),
    ):
        AnswerFile(out, plan_of().identity())
    assert out.read_bytes() == before
    out.write_text('{"a": 1}\n')
    with pytest.raises(AnswerFileError, match='line 1 is no answer'):
        AnswerFile(out, plan_of().identity())


def test_an_unreadable_recording_costs_the_others_nothing(tmp_path: Path, run_mcap: Path):
    broken = tmp_path / 'broken.mcap'
    broken.write_bytes(run_mcap.read_bytes()[:5000])
    rows: list[dict] = []
    annotated = annotate(
        [broken, run_mcap], plan_of(), done=(), on_row=rows.append, on_time=lambda *_: None
    )
    assert list(annotated.problems) == [broken]
    assert len(rows) == 4


@pytest.mark.skipif(not HAS_RAY, reason='Ray is not installed (the extra "archive")')
def test_ray_gives_what_one_process_gives(tmp_path: Path, run_mcap: Path):
    paths = [Path(shutil.copy(run_mcap, tmp_path / f'run_{n}.mcap')) for n in range(3)]
    broken = tmp_path / 'broken.mcap'
    broken.write_bytes(run_mcap.read_bytes()[:5000])
    paths.insert(1, broken)
    alone: list[dict] = []
    problems = annotate(
        paths, plan_of(), done=(), on_row=alone.append, on_time=lambda *_: None
    ).problems
    together: list[dict] = []
    finished: list[Path] = []
    annotated = annotate_with_ray(
        paths,
        plan_of(),
        workers=2,
        done=(),
        on_row=together.append,
        on_recording=finished.append,
    )
    assert [comparable(row) for row in together] == [comparable(row) for row in alone]
    assert [row['query_id'] for row in together] == [row['query_id'] for row in alone]
    assert annotated.problems == problems
    assert finished == paths


@pytest.mark.skipif(HAS_RAY, reason='Ray is installed')
def test_without_ray_its_option_says_how_to_get_it(run_mcap: Path):
    with pytest.raises(RayMissingError, match=r'smolrgpt-ros\[archive\]'):
        annotate_with_ray(
            [run_mcap], plan_of(), workers=1, done=(), on_row=print, on_recording=print
        )


def test_without_tf_answers_are_in_the_cameras_frame(tmp_path: Path):
    path = record(tmp_path / 'run.mcap', with_transforms=False)
    rows, problems = replayed(path, plan_of())
    assert problems == {}
    assert {row['frame_id'] for row in rows} == {'camera_color_optical_frame'}
    assert {row['status'] for row in rows} == {'OK'}
    with Bag(path) as bag:
        assert 'has no TF' in fitted_settings(bag, Settings(), (None, None, None)).note
        with pytest.raises(BagError, match=r"no TF .*placed in 'odom'"):
            fitted_settings(bag, Settings(), ('odom', None, None))


def test_a_frame_that_tf_does_not_know_is_told(run_mcap: Path):
    rows, _ = replayed(run_mcap, plan_of(Asking(0, COUNT), frames=('odom', None, None)))
    assert {row['status'] for row in rows} == {'NO_TRANSFORM'}
    assert all('odom' in row['message'] for row in rows)


@pytest.mark.parametrize(
    ('text', 'after_s'),
    [('1.5', 1.5), ('1767225601.25', 1.25), (' 0 ', 0.0)],
    ids=['from the start', 'a stamp', 'the start'],
)
def test_moments_are_read(run_mcap: Path, text: str, after_s: float):
    with Bag(run_mcap) as bag:
        assert moment_ns(text, bag) - bag.start_ns == round(after_s * 1e9)


@pytest.mark.parametrize('text', ['soon', 'nan', '1e400', '-1', '99', '1767225600e1', ''])
def test_moments_outside_are_refused(run_mcap: Path, text: str):
    with Bag(run_mcap) as bag, pytest.raises(BagError, match='--at'):
        moment_ns(text, bag)


def test_the_nearest_set_is_looked_at(run_mcap: Path):
    with Bag(run_mcap) as bag:
        start_ns = bag.start_ns

        def looked_at(at_s: float | None) -> float:
            at_ns = None if at_s is None else start_ns + round(at_s * 1e9)
            newest = playback_at(bag, Topics(), Settings(), at_ns).newest
            assert newest is not None
            return round((newest.stamp_ns - start_ns) / 1e9, 3)

        # Detections come 35 ms after the picture: at 1.0 s only the set before is whole.
        assert [looked_at(at_s) for at_s in (None, 0.0, 1.0, 1.05, 1.9)] == [
            0.1,
            0.1,
            0.9,
            1.0,
            1.8,
        ]


def test_no_set_near_is_told(tmp_path: Path, run_mcap: Path):
    with Bag(run_mcap) as bag:
        apart = Settings(sync_slop=0.0001, max_age=0.05)
        with pytest.raises(BagError, match=r'no set matches within 0.05 s .* of 1.080 s'):
            playback_at(bag, Topics(), apart, bag.start_ns + 1_080_000_000)
        nobody = Topics(mask='/tf')
        with pytest.raises(BagError, match=r'/tf of .* is of type tf2_msgs'):
            playback_at(bag, nobody, Settings(), None)


def test_a_question_about_no_picture_is_told(run_mcap: Path):
    with Bag(run_mcap) as bag:
        playback = Playback(bag, Topics(), Settings())
        playback.advance(bag.start_ns + 50_000_000)
        (early,) = Asker(playback, geometric(), geometric()).ask([COUNT], ['a'])
        assert early.row['status'] == 'NO_FRAME'
        assert 'nothing was recorded' in early.row['message']
        playback.advance(bag.start_ns + 2_000_000_000)
        playback.advance(bag.start_ns + 20_000_000_000)
        (late,) = Asker(playback, geometric(), geometric()).ask([COUNT], ['b'])
        assert late.row['status'] == 'STALE'
        assert playback.ended
