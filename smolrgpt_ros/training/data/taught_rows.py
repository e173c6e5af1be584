# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rows of a JSON list as questions with answers to be learnt.

The benchmark's own records give 'normalized' and 'freeform'. For 'caption' and 'region' a row may
have several turns and needs neither category nor normalized answer, as collections of captions and
of region questions come: ``{"id", "image", "conversations": [human, gpt, human, ...], "rle"}``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smolrgpt_ros.language.question import Category
from smolrgpt_ros.training.data.pictures import MASK_TOKEN
from smolrgpt_ros.warehouse.records import Record, RecordError, parse_masks, parse_record

FOLDER_KINDS = ('caption', 'region', 'freeform', 'normalized')


def parse_taught(row: Any, position: int, kind: str) -> list[tuple[Record, str]]:
    """Questions of a row, each with the words to be learnt.

    Raises:
        RecordError: the row is malformed, or an answer is empty.
    """
    if kind in ('caption', 'region'):
        return list(_turns(row, position, kind))
    record = parse_record(row, position)
    answer = record.freeform_answer if kind == 'freeform' else answer_text(record)
    return [(record, _not_empty(record.id, answer))]


def answer_text(record: Record) -> str:
    """The normalized answer as text: distances with two decimals, everything else as it is."""
    answer = record.normalized_answer
    if record.category is not Category.DISTANCE:
        return str(int(answer) if isinstance(answer, float) and answer.is_integer() else answer)
    try:
        return f'{float(answer or 0):.2f}'
    except ValueError:
        raise RecordError(
            record.id, f'normalized_answer of a distance is {answer!r}, expected metres'
        ) from None


def _not_empty(record_id: str, answer: str) -> str:
    if not answer.strip():
        raise RecordError(record_id, 'the answer is empty')
    return answer.strip()


def _turns(row: Any, position: int, kind: str) -> Iterator[tuple[Record, str]]:
    if not isinstance(row, dict) or not row.get('id'):
        raise RecordError(f'#{position}', 'expected an object with an "id"')
    record_id, image, turns = str(row['id']), row.get('image'), row.get('conversations')
    if not isinstance(image, str) or not image:
        raise RecordError(record_id, 'has no "image"')
    if not isinstance(turns, list) or len(turns) < 2 or len(turns) % 2:
        raise RecordError(record_id, 'has no pairs of turns in "conversations"')
    texts = [_said(turn, record_id, ('human', 'gpt')[i % 2]) for i, turn in enumerate(turns)]
    tokens = sum(text.count(MASK_TOKEN) for text in texts[::2])
    if kind == 'caption' and tokens:
        raise RecordError(record_id, f'a caption has {tokens} {MASK_TOKEN} tokens, expected none')
    rle = parse_masks(row, record_id, tokens) if tokens else ()
    used = 0
    for place, (question, answer) in enumerate(zip(texts[::2], texts[1::2], strict=True)):
        own = record_id if len(texts) == 2 else f'{record_id}#{place}'
        first, used = used, used + question.count(MASK_TOKEN)
        yield Record(own, image, question, rle[first:used]), _not_empty(own, answer)


def _said(turn: Any, record_id: str, speaker: str) -> str:
    value = turn.get('value') if isinstance(turn, dict) else None
    if not isinstance(value, str) or turn.get('from') != speaker:
        raise RecordError(record_id, f'expected turns of human and gpt in turn, got {turn!r:.80}')
    return value.replace('<image>\n', '').replace('\n<image>', '').replace('<image>', '')
