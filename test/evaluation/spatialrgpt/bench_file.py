# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A small SpatialRGPT-Bench file about the pictures of the small dataset."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from small_dataset import rows_of


def bench_rows(dataset: Path) -> list[dict[str, Any]]:
    """Questions with known truths, made of the dataset's own left_right and distance records."""
    rows = []
    for source in rows_of(dataset):
        if len(source['rle']) != 2 or source['category'] not in ('left_right', 'distance'):
            continue
        truth = source['normalized_answer']
        if source['category'] == 'distance':
            if truth:
                rows += [
                    row(source, 'distance_data', 'How far is <mask> <depth> from <mask> <depth>?',
                        f'Region [0] and Region [1] are {100 * truth:.1f} centimeters apart.'),
                    row(source, 'height_data', 'What is the height of <mask> <depth>?',
                        'Region [0] is 1.2 meters tall.'),
                ]  # fmt: skip
            continue
        subject = truth == ('left' if asks_of_first(source) else 'right')
        rows += [
            row(source, 'left_predicate', 'Is <mask> <depth> to the left of <mask> <depth>?',
                'Yes, Region [0] is to the left of Region [1].' if subject
                else 'No, Region [0] is not to the left of Region [1].'),
            row(source, 'right_choice', 'Which is more to the right, Region [1] or Region [0]?',
                f'Region [{int(subject)}] is more to the right.'),
        ]  # fmt: skip
    return rows


def asks_of_first(source: dict[str, Any]) -> bool:
    """Whether the first mask is the one whose side is asked; the free answer names it first."""
    return source['freeform_answer'].index('[Region 0]') < source['freeform_answer'].index(
        '[Region 1]'
    )


def row(source: dict[str, Any], category: str, question: str, answer: str) -> dict[str, Any]:
    """A row as the benchmark's file has it."""
    quantity = category.endswith('_data') or category == 'direction'
    return {
        'id': f'{source["id"]}_{category}',
        'image_info': {'file_path': f'images/{source["image"]}', 'dataset': 'synthetic'},
        'qa_info': {'type': 'quantitative' if quantity else 'qualitative', 'category': category},
        'conversations': [
            {'from': 'human', 'value': '<image>\n' + question},
            {'from': 'gpt', 'value': answer},
        ],
        'rle': source['rle'],
    }


def write_bench(path: Path, rows: list[Any]) -> Path:
    """Write the file."""
    path.write_text(json.dumps(rows))
    return path
