# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Runs over a dataset: in processes, stopped and gone on with, over ranks, with damaged input."""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from small_dataset import PICTURES, rows_of, small_dataset, without_times, write_rows

from smolrgpt_ros.evaluation.figures import Evaluation
from smolrgpt_ros.evaluation.gathering import GatherError
from smolrgpt_ros.evaluation.journal import JournalError, read_journal
from smolrgpt_ros.evaluation.running import Run, evaluate
from smolrgpt_ros.evaluation.sharding import Shard
from smolrgpt_ros.evaluation.warehouse_task import warehouse_task
from smolrgpt_ros.reasoning.registry import EngineOptions
from smolrgpt_ros.warehouse.records import RecordError

HAS_TORCH = importlib.util.find_spec('torch') is not None
ALONE = Run(processes=1)
COMMAND = [sys.executable, '-m', 'smolrgpt_ros.cli', 'eval']


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A dataset that a test may damage."""
    return shutil.copytree(small_dataset(), tmp_path / 'data')


@pytest.fixture(scope='module')
def uninterrupted() -> Evaluation:
    """The outcomes of one run in one process."""
    return evaluated(small_dataset())


def evaluated(folder: Path, run: Run = ALONE, regions: str = 'masks') -> Evaluation:
    evaluation = evaluate(warehouse_task(folder, regions=regions), run)
    assert evaluation is not None
    return evaluation


def test_all_is_answered_and_most_of_it_right(uninterrupted: Evaluation) -> None:
    assert len(uninterrupted.outcomes) == len(rows_of(small_dataset()))
    assert uninterrupted.score > 80
    assert uninterrupted.question_latency.median > 0


@pytest.mark.parametrize('regions', ['masks', 'boxes'])
def test_processes_change_nothing(regions: str) -> None:
    one = evaluated(small_dataset(), regions=regions)
    two = evaluated(small_dataset(), Run(processes=2), regions=regions)
    assert without_times(one.outcomes) == without_times(two.outcomes)


def test_a_limit_counts_pictures() -> None:
    evaluation = evaluated(small_dataset(), replace(ALONE, limit=1))
    assert {outcome.image for outcome in evaluation.outcomes} == {'000000.png'}


def test_progress_reaches_the_number_of_records() -> None:
    told: list[int] = []
    evaluation = evaluate(warehouse_task(small_dataset()), ALONE, told.append)
    assert evaluation is not None
    assert told == sorted(told)
    assert told[-1] == len(evaluation.outcomes)


def test_sentences_name_the_regions_as_the_question_numbers_them(uninterrupted) -> None:
    texts = [o.text for o in uninterrupted.outcomes if o.category == 'distance' and o.text]
    assert texts
    assert all('[Region ' in text and 'region_' not in text for text in texts)


def lose_picture(folder: Path) -> str:
    (folder / 'images' / '000001.png').unlink()
    return 'missing'


def corrupt_picture(folder: Path) -> str:
    path = folder / 'metric_depths' / '000001.png'
    path.write_bytes(path.read_bytes()[:300])
    return 'cannot be read'


def no_png_at_all(folder: Path) -> str:
    (folder / 'images' / '000001.png').write_bytes(b'no picture')
    return 'cannot be read'


def rle_of_another_size(folder: Path) -> str:
    rows = rows_of(folder)
    rows[0]['rle'][0]['size'] = [24, 32]
    write_rows(folder, rows)
    return 'mask 0 is 32x24'


def rle_cut_short(folder: Path) -> str:
    rows = rows_of(folder)
    rows[0]['rle'][0]['counts'] = rows[0]['rle'][0]['counts'][:-3]
    write_rows(folder, rows)
    return 'do not make up'


def fewer_masks_than_tokens(folder: Path) -> str:
    rows = rows_of(folder)
    rows[0]['rle'].pop()
    write_rows(folder, rows)
    return '<mask> tokens'


def unknown_category(folder: Path) -> str:
    rows = rows_of(folder)
    rows[1]['category'] = 'colour'
    write_rows(folder, rows)
    return "unknown category 'colour'"


def empty_answer(folder: Path) -> str:
    rows = rows_of(folder)
    rows[1]['normalized_answer'] = ''
    write_rows(folder, rows)
    return "normalized_answer is ''"


def blank_answer(folder: Path) -> str:
    rows = rows_of(folder)
    rows[1]['normalized_answer'] = '  '
    write_rows(folder, rows)
    return 'answer is blank'


def no_record(folder: Path) -> str:
    rows = rows_of(folder)
    rows[2] = 'nothing'
    write_rows(folder, rows)
    return 'expected an object'


def same_id_twice(folder: Path) -> str:
    rows = rows_of(folder)
    rows[-1]['id'] = rows[0]['id']
    write_rows(folder, rows)
    return 'occurs twice'


DAMAGES = [
    lose_picture, corrupt_picture, no_png_at_all, rle_of_another_size, rle_cut_short,
    fewer_masks_than_tokens, unknown_category, empty_answer, blank_answer, no_record, same_id_twice,
]  # fmt: skip


@pytest.mark.parametrize('damage', DAMAGES, ids=lambda damage: damage.__name__)
def test_malformed_records_are_named_and_cost_the_others_nothing(
    copy: Path, uninterrupted: Evaluation, damage
) -> None:
    ids = {row['id'] for row in rows_of(copy)}
    says = damage(copy)
    evaluation = evaluated(copy)
    assert evaluation.malformed
    for problem in evaluation.malformed:
        assert says in str(problem)
        assert problem.record_id in ids or problem.record_id == '#2'
    assert len(evaluation.outcomes) + len(evaluation.malformed) == len(uninterrupted.outcomes)
    answers = {outcome.record_id: outcome.normalized for outcome in uninterrupted.outcomes}
    # Another set of regions in a picture may be seen otherwise: only other pictures must agree.
    others = [o for o in evaluation.outcomes if o.image in ('000002.png', '000003.png')]
    assert len(others) > 10
    assert all(o.normalized == answers[o.record_id] for o in others)
    with pytest.raises(RecordError, match='record '):
        evaluated(copy, replace(ALONE, strict=True))


def test_relative_depth_alone_is_said_to_have_no_metres(copy: Path) -> None:
    shutil.rmtree(copy / 'metric_depths')
    evaluation = evaluated(copy)
    missing = [o for o in evaluation.outcomes if o.category == 'distance' and o.problem]
    assert missing
    assert {o.reason for o in missing} == {'NO_DEPTH'}
    assert '8 bit' in missing[0].problem
    assert evaluation.coverage['NO_DEPTH'] == sum(bool(o.problem) for o in evaluation.outcomes)
    assert evaluation.categories['left_right'].accuracy == 100.0


def test_a_journal_goes_on_where_it_was_cut(tmp_path: Path, uninterrupted: Evaluation) -> None:
    whole = tmp_path / 'whole.jsonl'
    evaluated(small_dataset(), replace(ALONE, journal=whole))
    content = whole.read_bytes()
    lines = content.splitlines(keepends=True)
    assert len(lines) == PICTURES + 2
    ends = [len(b''.join(lines[:count])) for count in range(len(lines) + 1)]
    for cut in (0, 5, ends[1], ends[1] + 9, ends[3], ends[3] + 200, ends[4] - 1, len(content)):
        path = tmp_path / f'{cut}.jsonl'
        path.write_bytes(content[:cut])
        again = evaluated(small_dataset(), replace(ALONE, journal=path))
        assert without_times(again.outcomes) == without_times(uninterrupted.outcomes)
        assert read_journal(path).whole
        assert len(read_journal(path).pictures) == PICTURES
    # What was there is kept as it was: nothing is asked twice.
    assert path.read_bytes() == content


def killed_after_the_first_picture(journal: Path) -> bool:
    """Start a run and kill it as soon as a picture is kept; False where it was through before."""
    running = subprocess.Popen(
        [*COMMAND, str(small_dataset()), '--processes', '1', '--resume', str(journal)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not (journal.is_file() and journal.read_bytes().count(b'\n') >= 2):
        assert time.monotonic() < deadline
        time.sleep(0.002)
    running.send_signal(signal.SIGKILL)
    return running.wait() == -signal.SIGKILL and not read_journal(journal).whole


def test_a_run_that_is_killed_goes_on(tmp_path: Path, uninterrupted: Evaluation) -> None:
    # On a busy machine the run may be through before this process gets its turn.
    journals = [tmp_path / f'{attempt}.jsonl' for attempt in range(8)]
    journal = next(path for path in journals if killed_after_the_first_picture(path))
    kept = read_journal(journal)
    assert 1 <= len(kept.pictures) <= PICTURES
    again = evaluated(small_dataset(), replace(ALONE, journal=journal))
    assert without_times(again.outcomes) == without_times(uninterrupted.outcomes)
    first = again.pictures[: len(kept.pictures)]
    assert [p.answer_s for p in first] == [p.answer_s for p in kept.pictures]


@pytest.mark.parametrize(
    ('run', 'regions', 'says'),
    [
        (replace(ALONE, limit=2), 'masks', 'limit is None there and 2 now'),
        (ALONE, 'boxes', "regions is 'masks' there and 'boxes' now"),
    ],
    ids=['limit', 'regions'],
)
def test_another_runs_journal_is_refused(tmp_path: Path, run: Run, regions: str, says: str) -> None:
    journal = tmp_path / 'run.jsonl'
    evaluated(small_dataset(), replace(ALONE, journal=journal))
    before = journal.read_bytes()
    with pytest.raises(JournalError, match=says):
        evaluated(small_dataset(), replace(run, journal=journal), regions)
    assert journal.read_bytes() == before


def test_a_changed_dataset_is_refused(copy: Path, tmp_path: Path) -> None:
    journal = tmp_path / 'run.jsonl'
    evaluated(copy, replace(ALONE, journal=journal))
    write_rows(copy, rows_of(copy)[:-1])
    with pytest.raises(JournalError, match=r'dataset is .* there and .* now'):
        evaluated(copy, replace(ALONE, journal=journal))


def test_ranks_give_what_one_gives(tmp_path: Path, uninterrupted: Evaluation) -> None:
    journal = tmp_path / 'run.jsonl'
    task = warehouse_task(small_dataset())
    for rank in (2, 1):
        assert evaluate(task, replace(ALONE, journal=journal, shard=Shard(rank, 3))) is None
    together = evaluated(small_dataset(), replace(ALONE, journal=journal, shard=Shard(0, 3)))
    assert without_times(together.outcomes) == without_times(uninterrupted.outcomes)


def test_a_rank_that_never_comes_is_named(tmp_path: Path) -> None:
    run = replace(
        ALONE, journal=tmp_path / 'run.jsonl', shard=Shard(0, 2), limit=1, gather_timeout_s=0.1
    )
    with pytest.raises(GatherError, match=r'rank 1 \(.*run.jsonl.1-of-2\)'):
        evaluated(small_dataset(), run)


def test_ranks_need_a_shared_file() -> None:
    with pytest.raises(JournalError, match='--resume FILE'):
        Run(shard=Shard(0, 2))


@pytest.mark.skipif(not HAS_TORCH, reason='torchrun comes with torch')
def test_torchrun_gives_what_one_process_gives(tmp_path: Path, uninterrupted: Evaluation) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ('RANK', 'WORLD_SIZE')}
    done = subprocess.run(
        [
            sys.executable, '-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', '2',
            '-m', 'smolrgpt_ros.cli', 'eval', str(small_dataset()), '--json',
            '--resume', str(tmp_path / 'run.jsonl'), '--submission', str(tmp_path / 'sub.json'),
            '--gather-timeout', '60',
        ],
        env=environment | {'OMP_NUM_THREADS': '1'}, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{')]
    assert len(rows) == 1, 'rank 0 alone reports'
    assert rows[0]['score'] == round(uninterrupted.score, 2)
    assert rows[0]['questions'] == len(uninterrupted.outcomes)
    submission = json.loads((tmp_path / 'sub.json').read_text())
    assert [row['id'] for row in submission] == [o.record_id for o in uninterrupted.outcomes]
    assert [row['normalized_answer'] for row in submission] == [
        o.normalized for o in uninterrupted.outcomes
    ]
    shares = [
        {p.index for p in read_journal(tmp_path / f'run.jsonl.{rank}-of-2').pictures}
        for rank in (0, 1)
    ]
    assert shares == [{0, 2}, {1, 3}]


def limited_to_bytes(count: int):
    """Files of a child process can grow to so many bytes: what a full disk does."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (count, count))


def test_a_full_disk_keeps_what_was_answered(tmp_path: Path, uninterrupted: Evaluation) -> None:
    whole, journal = tmp_path / 'whole.jsonl', tmp_path / 'run.jsonl'
    evaluated(small_dataset(), replace(ALONE, journal=whole))
    lines = whole.read_bytes().splitlines(keepends=True)
    room = len(b''.join(lines[:3])) + len(lines[3]) // 2
    done = subprocess.run(
        [*COMMAND, str(small_dataset()), '--processes', '1', '--resume', str(journal)],
        capture_output=True, text=True, preexec_fn=limited_to_bytes(room), timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert 'what was answered before is kept' in done.stderr
    assert 'run.jsonl' in done.stderr.replace('\n', '')
    kept = read_journal(journal)
    assert len(kept.pictures) == 2
    assert journal.stat().st_size == kept.good_bytes, 'half a line is taken back'
    again = evaluated(small_dataset(), replace(ALONE, journal=journal))
    assert without_times(again.outcomes) == without_times(uninterrupted.outcomes)


def test_a_full_disk_keeps_the_last_submission(tmp_path: Path) -> None:
    submission = tmp_path / 'sub.json'
    submission.write_text('[]\n')
    done = subprocess.run(
        [*COMMAND, str(small_dataset()), '--processes', '1', '--submission', str(submission)],
        capture_output=True, text=True, preexec_fn=limited_to_bytes(200), timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert 'the submission could not be written' in done.stderr
    assert submission.read_text() == '[]\n'
    assert list(tmp_path.iterdir()) == [submission]


@pytest.mark.skipif(not HAS_TORCH, reason='networks need torch')
def test_a_network_is_asked_and_goes_on_alike(tmp_path: Path) -> None:
    from tiny_smolrgpt import TINY

    from smolrgpt_ros.models.smolrgpt import pack_random

    checkpoint = pack_random(tmp_path / 'checkpoint', seed=1, config=TINY)
    run = Run(
        'smolrgpt', EngineOptions(checkpoint=str(checkpoint), device='cpu', decode='score'), limit=2
    )
    alone = evaluated(small_dataset(), run)
    assert sum(outcome.normalized is not None for outcome in alone.outcomes) > 10
    journal = tmp_path / 'run.jsonl'
    evaluated(small_dataset(), replace(run, journal=journal))
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b''.join(lines[:2]) + lines[2][:50])
    again = evaluated(small_dataset(), replace(run, journal=journal))
    assert without_times(again.outcomes) == without_times(alone.outcomes)
    other = replace(run, journal=journal, options=replace(run.options, decode='generate'))
    with pytest.raises(JournalError, match="decode is 'score' there and 'generate' now"):
        evaluated(small_dataset(), other)
