# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The page of failures: whole on its own, pictures that open, nothing a browser would run."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image
from small_dataset import small_dataset

from smolrgpt_ros.drawing.palette import colour_of
from smolrgpt_ros.evaluation.figures import Evaluation
from smolrgpt_ros.evaluation.gallery import chosen_failures, gallery_page
from smolrgpt_ros.evaluation.running import Run, evaluate
from smolrgpt_ros.evaluation.warehouse_task import warehouse_task

TASK = warehouse_task(small_dataset())


@pytest.fixture(scope='module')
def failed() -> Evaluation:
    """A run whose every answer is called wrong, so that there is something to show."""
    evaluation = evaluate(TASK, Run(processes=1))
    assert evaluation is not None
    return replace(evaluation, outcomes=tuple(replace(o, right=False) for o in evaluation.outcomes))


def page(evaluation: Evaluation, **options: int) -> str:
    return ''.join(gallery_page(evaluation, TASK, 'a <title> & more', **options))


class Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_the_page_needs_nothing_else(failed: Evaluation) -> None:
    text = page(failed)
    elements = Elements(text)
    assert not elements.all('script')
    assert not elements.all('link')
    assert not re.search(r'(?:src|href)="(?!data:image/jpeg)', text)
    assert '&lt;title&gt; &amp; more' in text
    assert '<mask>' not in text
    assert len(elements.all('article')) == len(failed.outcomes)


def test_pictures_open_and_show_the_regions(failed: Evaluation) -> None:
    elements = Elements(page(failed, limit=4))
    pictures = elements.all('img')
    assert len(pictures) == 4
    for attributes in pictures:
        data = base64.b64decode(str(attributes['src']).partition(',')[2])
        pixels = np.asarray(Image.open(io.BytesIO(data)).convert('RGB')).astype(int)
        assert pixels.shape == (240, 320, 3)
        # the outline of the first region, as far as JPEG leaves its colour
        assert (np.abs(pixels - colour_of(0)).max(axis=-1) < 60).any()


def test_the_filter_names_each_category_once(failed: Evaluation) -> None:
    elements = Elements(page(failed))
    shown = [attributes['id'] for attributes in elements.all('input')]
    assert shown == ['show-all', 'show-count', 'show-distance', 'show-left-right', 'show-mcq']
    classes = {str(attributes['class']) for attributes in elements.all('article')}
    assert {f'show-{name}' for name in classes} == set(shown[1:])


def test_the_limit_takes_of_all_categories(failed: Evaluation) -> None:
    chosen = chosen_failures(failed, 8)
    assert len(chosen) == 8
    assert {o.category for o in chosen} == {'count', 'distance', 'left_right', 'mcq'}


def test_chips_have_the_colours_of_the_picture(failed: Evaluation) -> None:
    text = page(failed, limit=1)
    for place in (0, 1):
        assert f'background:#{"".join(f"{v:02x}" for v in colour_of(place))}' in text


def test_without_failures_the_page_says_so(failed: Evaluation) -> None:
    right = replace(failed, outcomes=tuple(replace(o, right=True) for o in failed.outcomes))
    assert f'All {len(right.outcomes)} questions are answered right' in page(right)


def test_words_of_a_network_are_shown_as_they_are(failed: Evaluation) -> None:
    nasty = replace(failed.outcomes[0], text='<script>alert(1)</script>', problem='"<b>')
    text = page(replace(failed, outcomes=(nasty,)))
    assert '<script' not in text
    assert '&lt;script&gt;' in text
