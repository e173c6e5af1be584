# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pages lead where they say, and the front page fits on a screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from documented_commands import PAGES, ROOT

_LINK = re.compile(r'\]\((?!https?:|mailto:)([^)\s]+)\)')
FRONT_PAGE_LINES = 60


def anchors(page: Path) -> set[str]:
    """What GitHub makes of the headings of a page."""
    headings = re.findall(r'^#+ (.*)$', page.read_text(encoding='utf-8'), re.MULTILINE)
    return {re.sub(r'[^\w\- ]', '', heading.lower()).replace(' ', '-') for heading in headings}


@pytest.mark.parametrize('page', PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path):
    for link in _LINK.findall(page.read_text(encoding='utf-8')):
        path, _, anchor = link.partition('#')
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f'{page.relative_to(ROOT)} links to {link}'
        assert not anchor or anchor in anchors(target), f'{link} has no such heading'


def test_every_page_is_linked():
    linked = {
        (page.parent / link.partition('#')[0]).resolve()
        for page in PAGES
        for link in _LINK.findall(page.read_text(encoding='utf-8'))
    }
    assert [p for p in PAGES if p not in linked and p != ROOT / 'README.md'] == []


def test_the_front_page_fits_on_a_screen():
    text = (ROOT / 'README.md').read_text(encoding='utf-8')
    assert len(text.splitlines()) <= FRONT_PAGE_LINES
    assert '![' in text, 'a picture says what it is'
