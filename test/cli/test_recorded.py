# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt film`, `ask --bag`, `replay` and `watch` as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from frames import run, sentence, write_files
from PIL import Image
from recordings import COUNT, DISTANCE, record

from smolrgpt_ros.cli.problem import BAD_INPUT, NOT_ANSWERED
from smolrgpt_ros.recorded.bag import Bag


@pytest.fixture(scope='module')
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp('cli') / 'run.mcap')


def test_film_writes_what_it_was_asked_for(tmp_path: Path) -> None:
    out = tmp_path / 'run.db3'
    arguments = ['--seconds', '0.5', '--rate', '4', '--frames', '1', '--size', '160x120', '--mask']
    assert run(['film', str(out), *arguments, '--no-tf']).exit_code == 0
    with Bag(out) as written:
        counts = {name: topic.count for name, topic in written.topics.items()}
    assert counts['/detections'] == counts['/detections/mask'] == 2
    assert '/tf' not in counts
    again = run(['film', str(out), *arguments])
    assert again.exit_code == BAD_INPUT
    assert 'is there already' in sentence(again)


def test_ask_prints_rows_and_saves_picture_and_page(bag: Path, tmp_path: Path) -> None:
    files = ['--overlay', str(tmp_path / 'seen.png'), '--html', str(tmp_path / 'page.html')]
    result = run(['ask', '--bag', str(bag), '--at', '1', '--json', *files, DISTANCE, COUNT])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row['status'], row['question']) for row in rows] == [('OK', DISTANCE), ('OK', COUNT)]
    assert {row['at_s'] for row in rows} == {1.0}
    assert Image.open(tmp_path / 'seen_1.png').size == (320, 240)
    assert rows[0]['text'] in (tmp_path / 'page_0.html').read_text()


def test_an_unanswered_question_has_its_exit_code(bag: Path) -> None:
    result = run(['ask', '--bag', str(bag), COUNT, 'hm'])
    assert result.exit_code == NOT_ANSWERED
    assert 'NOT_UNDERSTOOD' in result.stdout


def test_ask_from_files_saves_a_page_as_well(tmp_path: Path) -> None:
    page = tmp_path / 'page.html'
    question = 'is crate left of drum?'
    arguments = [*write_files(tmp_path).arguments(), '--html', str(page), question]
    assert run(arguments).exit_code == 0
    assert question in page.read_text()


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (['--bag', 'BAG', '--at', '99', COUNT], 'outside of the recording'),
        (['--bag', 'BAG', '--image-topic', '/rgb', COUNT], 'no topic /rgb'),
        (['--bag', 'none.mcap', COUNT], 'there is no recording none.mcap'),
        (['--bag', 'BAG', '--image', 'a.png', COUNT], 'leave --image out'),
        (['--bag', 'BAG', '--param', 'sync.slop=far', COUNT], 'expected a float'),
        (['--bag', 'BAG', '--param', 'sync.slop=99', COUNT], 'from 0.0001 to 10'),
        (['--bag', 'BAG', '--param', 'sync.slop=nan', COUNT], 'from 0.0001 to 10'),
        (['--bag', 'BAG', '--param', 'rectified=perhaps', COUNT], 'one of'),
        (['--bag', 'BAG', '--param', 'slop=1', COUNT], 'expected name=value'),
        ([COUNT], 'needs --image and --detections, or a recording'),
    ],
    ids=lambda value: value if isinstance(value, str) else '',
)
def test_what_is_wrong_gets_a_sentence(bag: Path, arguments: list[str], words: str) -> None:
    result = run(['ask', *(str(bag) if word == 'BAG' else word for word in arguments)])
    assert result.exit_code == BAD_INPUT
    assert words in sentence(result)


def test_replay_writes_answers_and_goes_on(bag: Path, tmp_path: Path) -> None:
    questions, out = tmp_path / 'q.txt', tmp_path / 'out' / 'answers.jsonl'
    questions.write_text(f'# {DISTANCE}\n\n{COUNT}\n[1.0] {DISTANCE}\n')
    command = ['replay', str(bag), '--questions', str(questions), '--out', str(out)]
    assert run(command).exit_code == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    asked = [(row['at_s'], row['question'], row['status']) for row in rows]
    assert asked == [(1.0, COUNT, 'OK'), (1.0, DISTANCE, 'OK'), (2.0, COUNT, 'OK')]
    before = out.read_bytes()
    assert run(command).exit_code == 0
    assert out.read_bytes() == before
    other = run([*command, '--every', '0.5'])
    assert other.exit_code == BAD_INPUT
    assert 'another run' in sentence(other)


@pytest.mark.parametrize(
    ('text', 'recordings', 'words'),
    [
        ('# nothing\n', ['BAG'], 'no question'),
        ('[x] a\n', ['BAG'], 'line 1'),
        (f'{COUNT}\n', ['BAG', 'BAG'], 'named twice'),
        (f'{COUNT}\n', ['none.mcap', 'BAG'], 'there is no recording none.mcap'),
    ],
    ids=['no question', 'no time', 'twice', 'one is missing'],
)
def test_replay_says_what_is_wrong(
    bag: Path, tmp_path: Path, text: str, recordings: list[str], words: str
) -> None:
    (tmp_path / 'q.txt').write_text(text)
    paths = [str(bag) if path == 'BAG' else path for path in recordings]
    files = ['--questions', str(tmp_path / 'q.txt'), '--out', str(tmp_path / 'a.jsonl')]
    result = run(['replay', *paths, *files])
    assert result.exit_code == BAD_INPUT
    assert words in sentence(result)


def test_watch_saves_pictures_of_one_report_only() -> None:
    result = run(['watch', '--svg', 'a.svg'])
    assert result.exit_code == BAD_INPUT
    assert '--once' in sentence(result) or 'needs ROS' in sentence(result)
