# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The failures of a run as one page to look through: plain HTML, pictures inside, no scripts."""

from __future__ import annotations

import base64
import html
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from PIL import Image

from smolrgpt_ros.drawing.overlay import draw_overlay
from smolrgpt_ros.drawing.palette import Colour, colour_of, ink_on
from smolrgpt_ros.evaluation.figures import Evaluation
from smolrgpt_ros.evaluation.outcome import Outcome
from smolrgpt_ros.evaluation.task import Task
from smolrgpt_ros.language.answer import Answer
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.warehouse.records import MASK_TOKEN

SHOWN = 60
"""More pictures make a page that browsers are slow to open (50 to 100 kB each)."""
_WIDTH_PX = 640
_QUALITY = 82

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.45 system-ui, sans-serif; margin: 1.5rem auto; max-width: 84rem;
  padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 .3rem; } .lead { margin: 0 0 1rem; }
input[name=show] { position: absolute; opacity: 0; }
label { display: inline-block; border: 1px solid #888; border-radius: 1rem; padding: .15rem .8rem;
  margin: 0 .4rem .8rem 0; cursor: pointer; }
input:focus-visible + label { outline: 3px solid Highlight; }
input:checked + label { background: #0072b2; border-color: #0072b2; color: #fff; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(24rem, 1fr)); gap: 1.2rem; }
article { border: 1px solid #8886; border-radius: .5rem; overflow: hidden; }
img { display: block; width: 100%; height: auto; }
.words { padding: .6rem .9rem .9rem; } .words p { margin: 0 0 .5rem; overflow-wrap: anywhere; }
.chip { border-radius: .35rem; padding: 0 .4rem; font-weight: 600; white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: 0; }
dt { opacity: .7; } dd { margin: 0; overflow-wrap: anywhere; }
.truth { font-weight: 600; }
.words .id { margin: .5rem 0 0; font: .8rem ui-monospace, monospace; opacity: .7; }
"""


def chosen_failures(evaluation: Evaluation, limit: int = SHOWN) -> tuple[Outcome, ...]:
    """At most `limit` mistakes, of all categories in turn, so that none crowds out another."""
    kinds: dict[str, list[Outcome]] = {}
    for outcome in evaluation.mistakes:
        kinds.setdefault(outcome.category, []).append(outcome)
    in_turn = chain.from_iterable(zip_longest(*kinds.values()))
    kept = [outcome for outcome in in_turn if outcome is not None][:limit]
    return tuple(sorted(kept, key=lambda outcome: outcome.category))


def gallery_page(
    evaluation: Evaluation, task: Task, title: str, *, limit: int = SHOWN
) -> Iterator[str]:
    """Pieces of the page, picture by picture.

    Raises:
        OSError: the dataset cannot be read any more.
    """
    failures = {outcome.record_id: outcome for outcome in chosen_failures(evaluation, limit)}
    categories = sorted({outcome.category for outcome in failures.values()})
    scenes = task.shown(failures.keys()) if failures else iter(())
    yield _head(evaluation, title, failures.values(), categories)
    yield '<main>\n'
    cards = {record_id: _card(failures[record_id], scene) for record_id, scene in scenes}
    for record_id in failures:
        if record_id in cards:
            yield cards[record_id]
    yield '</main>\n</html>\n'


def _head(
    evaluation: Evaluation, title: str, failures: Iterable[Outcome], categories: Sequence[str]
) -> str:
    counts = {c: sum(o.category == c for o in evaluation.mistakes) for c in categories}
    hide = '\n'.join(
        f'#show-{_class(c)}:checked ~ main article:not(.{_class(c)}) {{ display: none; }}'
        for c in categories
    )
    buttons = (
        '<input type="radio" name="show" id="show-all" checked><label for="show-all">all</label>'
    )
    buttons += ''.join(
        f'\n<input type="radio" name="show" id="show-{_class(c)}">'
        f'<label for="show-{_class(c)}">{_text(c)} ({counts[c]})</label>'
        for c in categories
    )
    shown, mistakes = len(list(failures)), len(evaluation.mistakes)
    lead = (
        f'{mistakes} of {len(evaluation.outcomes)} questions are not answered right; '
        f'shown here: {shown}.'
        if mistakes
        else f'All {len(evaluation.outcomes)} questions are answered right.'
    )
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{_text(title)}</title>\n<style>{_STYLE}{hide}\n</style>\n'
        f'<h1>{_text(title)}</h1>\n<p class="lead">{_text(lead)}</p>\n{buttons}\n'
    )


def _card(outcome: Outcome, scene: Scene) -> str:
    rows = [
        ('kind', _text(f'{outcome.category}: {outcome.subtype}')),
        ('truth', f'<span class="truth">{_value(outcome, outcome.truth)}</span>'),
        ('answer', _value(outcome, outcome.normalized)),
    ]
    if outcome.text:
        rows.append(('text', _with_chips(outcome.text)))
    if outcome.problem:
        rows.append(('no answer', _text(outcome.problem)))
    if math.isfinite(outcome.confidence):
        rows.append(('confidence', f'{outcome.confidence:.0%}'))
    if math.isfinite(outcome.stddev):
        rows.append(('std. dev.', f'{outcome.stddev:.2f}'))
    listed = ''.join(f'<dt>{name}</dt><dd>{value}</dd>' for name, value in rows)
    return (
        f'<article class="{_class(outcome.category)}">\n'
        f'<img alt="{_text(outcome.image)} with the regions of the question" '
        f'src="{_picture(outcome, scene)}">\n'
        f'<div class="words"><p>{_question(outcome.question)}</p>\n<dl>{listed}</dl>\n'
        f'<p class="id">{_text(outcome.image)} · {_text(outcome.record_id)}</p></div>\n</article>\n'
    )


def _question(text: str) -> str:
    """The question; each mask token is a chip in its region's colour."""
    first, *parts = text.split(MASK_TOKEN)
    numbered = first + ''.join(f'[Region {place}]{part}' for place, part in enumerate(parts))
    return _with_chips(numbered)


def _with_chips(text: str) -> str:
    """A sentence; each '[Region i]' or 'Region [i]' is the chip of the question's region."""
    return re.sub(
        r'\[Region (\d{1,3})\]|Region \[(\d{1,3})\]',
        lambda name: _chip(int(name[1] or name[2])),
        _text(text),
    )


def _chip(place: int) -> str:
    colour = colour_of(place)
    return (
        f'<span class="chip" style="background:{_hex(colour)};color:{_hex(ink_on(colour))}">'
        f'{place}</span>'
    )


def _value(outcome: Outcome, value: str | int | float | None) -> str:
    """An answer; one that is a region's number as its chip."""
    if value is None:
        return 'none'
    names_region = outcome.category == 'mcq' or outcome.subtype.endswith('_choice')
    if names_region and re.fullmatch(r'\d{1,3}', str(value)):
        return _chip(int(value))
    return _text(f'{value:.2f} m' if _is_length(outcome, value) else str(value))


def _is_length(outcome: Outcome, value: str | int | float) -> bool:
    return 'distance' in outcome.category and isinstance(value, (int, float))


def _picture(outcome: Outcome, scene: Scene) -> str:
    """The regions drawn over the picture, as a data URI."""
    numbered = tuple(
        replace(region, id=str(place), class_id='') for place, region in enumerate(scene.regions)
    )
    drawn = draw_overlay(
        replace(scene, regions=numbered),
        Answer(
            # Not the distance: its line would be a third thing to look at, and measured anew.
            Category.MCQ,
            '',
            '',
            regions=tuple(range(len(numbered))),
        ),
    )
    picture = Image.fromarray(drawn)
    picture.thumbnail((_WIDTH_PX, _WIDTH_PX))
    stream = io.BytesIO()
    picture.save(stream, 'JPEG', quality=_QUALITY)
    return 'data:image/jpeg;base64,' + base64.b64encode(stream.getvalue()).decode('ascii')


def _hex(colour: Colour) -> str:
    return '#{:02x}{:02x}{:02x}'.format(*colour)


def _class(category: str) -> str:
    """A category as a CSS class."""
    return re.sub(r'[^a-z0-9]+', '-', category.lower()) or 'other'


def _text(words: str) -> str:
    return html.escape(words)
