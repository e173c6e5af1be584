# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Tables and pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTICE = '<!-- Written by tools/generate_reference.py; changes here are lost. -->'


def page(title: str, *parts: str) -> str:
    """A page of a title, the notice and parts, with a blank line between them."""
    return '\n\n'.join([f'# {title}', NOTICE, *(part.strip('\n') for part in parts)]) + '\n'


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; upright bars in cells are escaped."""
    lines = [list(headings), ['---'] * len(headings), *(list(row) for row in rows)]
    lines[2:] = [[cell.replace('|', r'\|').replace('\n', ' ') for cell in row] for row in lines[2:]]
    return '\n'.join(f'| {" | ".join(row)} |' if row[0] != '---' else '|---' * len(row) + '|'
                     for row in lines)  # fmt: skip
