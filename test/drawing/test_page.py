# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pages hold everything themselves, say everything in words, and survive whatever is missing."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from smolrgpt_ros.drawing.page import Opinion, Page, render_page
from smolrgpt_ros.drawing.top_down import PATTERNS, top_down_svg
from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.warehouse.render import detections
from smolrgpt_ros.warehouse.synthesis import asked_frame

VOID = {'meta', 'img', 'br', 'line', 'rect', 'circle', 'ellipse', 'polygon'}


class Structure(HTMLParser):
    """Every tag is closed in order; addresses are collected."""

    def __init__(self, page: str):
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.text = ''
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.addresses += [
            value or '' for name, value in attributes if name in ('src', 'href', 'srcset')
        ]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope='module')
def scene() -> Scene:
    frame = asked_frame(3, 0, size_px=(320, 240), viewpoint='high').frame
    return Scene(
        detections(frame, masks=False),
        (320, 240),
        colour=frame.colour,
        depth=DepthImage(frame.depth_m.astype('float32'), 1.0),
        camera=frame.camera,
        stamp_ns=1_767_225_601_900_000_000,
        frame_id='camera',
    )


def answer_about(scene: Scene) -> Answer:
    pallets = tuple(i for i, region in enumerate(scene.regions) if region.class_id == 'pallet')[:2]
    return Answer(
        Category.DISTANCE,
        1.74,
        'They are 1.74 m apart. Measured.',
        1.74,
        'm',
        pallets,
        (0, 1),
        0.86,
        0.11,
        'verified',
    )


def page_of(scene: Scene, answer: Answer | None, **changes) -> str:
    fields = {
        'question': 'how far <b>apart</b> & "why"?',
        'problem': '' if answer else 'NO_DEPTH: none',
        'opinions': [
            Opinion('geometric', answer if answer else 'NO_DEPTH: none'),
            Opinion('smolrgpt', Answer(Category.DISTANCE, 3.22, '3.22', 3.22, 'm', confidence=0.3)),
        ],
        'agreement': False if answer else None,
        'source': 'run.mcap at 2.000 s',
    }
    return render_page(Page(scene=scene, answer=answer, **(fields | changes)))


def test_nothing_is_loaded_from_anywhere(scene: Scene):
    page = page_of(scene, answer_about(scene))
    structure = Structure(page)
    assert len(structure.addresses) == 3
    assert all(address.startswith('data:image/') for address in structure.addresses)
    assert not re.search(r'<script|<link|@import|url\((?!#)', page)
    assert set(re.findall(r'https?://[^\s"\']+', page)) == {'http://www.w3.org/2000/svg'}


def test_everything_is_told_in_words(scene: Scene):
    text = Structure(page_of(scene, answer_about(scene))).text
    for words in (
        'how far <b>apart</b> & "why"?',
        'They are 1.74 m apart.',
        '± 0.11 m (one sigma)',
        '✗ the engines disagree',
        'geometric (measured)',
        'smolrgpt (network)',
        '3.22 m',
        '2026-01-01 00:00:01.900 UTC',
        'run.mcap at 2.000 s',
        *(region.id for region in scene.regions),
    ):
        assert words in text
    agreeing = Structure(page_of(scene, answer_about(scene), agreement=True)).text
    assert '✓ Both mean the same.' in agreeing


def test_objects_differ_by_number_and_pattern(scene: Scene):
    svg = top_down_svg(scene, answer_about(scene))
    for number in ('0: ', '1: '):
        assert f'>{number}' in svg
    assert all(f'stroke-dasharray="{pattern}"' in svg for pattern in PATTERNS[:2])
    assert 'nan' not in svg.lower().replace('dominant', '')
    assert '>1.74 m</text>' in svg


@pytest.mark.parametrize(
    'lacking',
    [
        {'depth': None},
        {'camera': None},
        {'colour': None},
        {'depth': None, 'camera': None, 'colour': None},
        {'regions': ()},
    ],
    ids=['no depth', 'no camera', 'no picture', 'boxes alone', 'no objects'],
)
def test_what_is_missing_is_said(scene: Scene, lacking: dict):
    poor = replace(scene, **lacking)
    text = Structure(page_of(poor, None)).text
    assert 'No answer.' in text
    assert 'NO_DEPTH: none' in text
    if 'depth' in lacking or 'camera' in lacking:
        assert 'Nothing is measured' in text
