# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: E501 - a row of a table is one line
from __future__ import annotations

import contextlib
import itertools
import json
import math
import string
from pathlib import Path

import more_wordings
import paraphrases
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notation import notation, short

from smolrgpt_ros.language.answer import QuestionError, Reason
from smolrgpt_ros.language.known_ids import id_key
from smolrgpt_ros.language.parsing import LONGEST_QUESTION, parse
from smolrgpt_ros.language.question import Category, Question
from smolrgpt_ros.language.tokens import tokenize
from smolrgpt_ros.language.words import normalise, singular

IDS = (
    'pallet_1', 'pallet_2', 'pallet_3', 'buffer_1', 'buffer_2', 'transporter_1', 'transporter_2',
    'rack_1', 'obj-17', '6f1c2d3e-aaaa-bbbb-cccc-0123456789ab',
)  # fmt: skip
BENCHMARK = ('left_right', 'mcq', 'count', 'distance')


def filled(template: str, masks: int, nouns: tuple[str, ...]) -> str:
    """A template with its masks and objects; shelves where it speaks of shelves later."""
    question = template.replace('[MASKS]', ' '.join(['<mask>'] * masks))
    if 'shelf on the' in template:
        nouns = ('shelf',)
    elif 'pick up' in template:
        nouns = ('transporter',)
    for noun in itertools.cycle(nouns):
        if 'OBJ' not in question:
            return question
        question = question.replace('OBJ', f'the {noun} <mask>', 1)
    raise AssertionError


def faults_of(question: Question, template: str) -> list[str]:
    """What contradicts the meaning that any template has."""
    masks = [set(reference.masks) for reference in question.references]
    faults = []
    if not all(masks):
        faults.append('a reference has no masks')
    pairs = question.category is not Category.MCQ or question.choice in ('nearest', 'pickup')
    if pairs and len(masks) != 2:
        faults.append(f'{len(masks)} references')
    if question.category is Category.MCQ:
        if question.choice in ('leftmost', 'rightmost') and len(masks[0]) != question.mask_count:
            faults.append('not all are candidates')
        if len(masks) == 2 and masks[0] & masks[1]:
            faults.append('a landmark is its own candidate')
        takes = any(word in template for word in ('transporter', 'collect', 'pick'))
        if takes != (question.choice == 'pickup'):
            faults.append(f'chosen by {question.choice}')
    if question.category is Category.COUNT and question.references[0].class_id != 'pallet':
        faults.append('pallets are counted')
    return faults


@pytest.mark.parametrize('category', BENCHMARK)
def test_every_template_with_every_filling(shared_dir: Path, category: str) -> None:
    path = shared_dir / 'warehouse' / 'question_templates.json'
    templates = json.loads(path.read_text())[category]
    nouns = ('pallet', 'transporter', 'shelf', 'buffer region', 'object')
    wrong = []
    for template in templates:
        for masks, pair in itertools.product((1, 3), itertools.permutations(nouns, 2)):
            if 'transporter' in pair and 'pick' not in template and category == 'mcq':
                continue
            text = filled(template, masks, pair)
            question = parse(text)
            faults = faults_of(question, template)
            if question.category.value != category or faults:
                wrong.append((text, question.category.value, faults))
    assert not wrong


def test_dataset_records(shared_dir: Path) -> None:
    records = json.loads((shared_dir / 'warehouse' / 'records.json').read_text())
    for record in records:
        question = parse(record['conversations'][0]['value'])
        assert question.category.value == record['category']
        assert notation(question) == 'pallet[0]; pallet[1]'
        assert question.mask_count == 2


@pytest.mark.parametrize('row', paraphrases.LEFT_RIGHT)
def test_left_right_paraphrases(row: str) -> None:
    text, _, swapped = row.partition('|')
    question = parse(text)
    assert question.category is Category.LEFT_RIGHT
    assert notation(question) == ('pallet[1]; shelf[0]' if swapped else 'pallet[0]; shelf[1]')


@pytest.mark.parametrize(
    ('category', 'text', 'meaning'),
    [
        (category, *row)
        for category, rows in (
            (Category.MCQ, paraphrases.MCQ),
            (Category.COUNT, paraphrases.COUNT),
            (Category.DISTANCE, paraphrases.DISTANCE),
        )
        for row in rows
    ],
)
def test_benchmark_paraphrases(category: Category, text: str, meaning: str) -> None:
    question = parse(text)
    assert (question.category, notation(question)) == (category, meaning)


@pytest.mark.parametrize(('category', 'text', 'meaning'), paraphrases.MORE)
def test_more_paraphrases(category: str, text: str, meaning: str) -> None:
    question = parse(text)
    assert (question.category.value, notation(question)) == (category, meaning)


@pytest.mark.parametrize(('text', 'side', 'meaning'), more_wordings.LEFT_RIGHT)
def test_more_left_right_wordings(text: str, side: str, meaning: str) -> None:
    question = parse(text)
    assert question.category is Category.LEFT_RIGHT
    assert (question.side, notation(question)) == (side, meaning)


@pytest.mark.parametrize(
    ('category', 'text', 'meaning'),
    [
        *(('mcq', *row) for row in more_wordings.MCQ),
        *(('count', *row) for row in more_wordings.COUNT),
        *(('distance', *row) for row in more_wordings.DISTANCE),
    ],
)
def test_more_wordings(category: str, text: str, meaning: str) -> None:
    question = parse(text)
    assert (question.category.value, notation(question)) == (category, meaning)


@pytest.mark.parametrize(
    ('text', 'category', 'meaning'),
    [
        ('is pallet_3 left of the forklift?', 'left_right', '#pallet_3; transporter'),
        ('is the forklift to my left?', 'left_right', 'transporter; me'),
        ('is pallet_1 on the left or on the right of me?', 'left_right', '#pallet_1; me'),
        ('Is Pallet-3 to the right of obj-17?', 'left_right', '#pallet_3; #obj-17'),
        ('is pallet 2 left of pallet 1', 'left_right', '#pallet_2; #pallet_1'),
        ('is the die left of the magazine?', 'left_right', 'die; magazine'),
        ('is die left of magazine?', 'left_right', 'die; magazine'),
        ('which side of the rack is pallet_1 on?', 'left_right', '#pallet_1; shelf'),
        ('how far is the nearest pallet from me?', 'distance', 'nearest pallet; me'),
        ('how far is the nearest pallet?', 'distance', 'nearest pallet; me'),
        ('how far is pallet_3 from the buffer?', 'distance', '#pallet_3; buffer'),
        ('how far is the nearest pallet from buffer_2?', 'distance',
         'pallet~closest_to(#buffer_2); #buffer_2'),
        ('how close is the worker?', 'distance', 'person; me'),
        ('distance between chair and table', 'distance', 'chair; table'),
        ('distance pallet_1 pallet_2', 'distance', '#pallet_1; #pallet_2'),
        ('how far is the pallet on the transporter from me', 'distance',
         'pallet~on(transporter); me'),
        ('how many metres is pallet_1 from pallet_2', 'distance', '#pallet_1; #pallet_2'),
        ('how far is the second nearest pallet?', 'distance', '2 nearest pallet; me'),
        ('how many pallets are in the leftmost buffer?', 'count', 'pallet; leftmost buffer'),
        ('how many pallets are there?', 'count', 'pallet'),
        ('how many pallets are on transporter_1?', 'count', 'pallet; #transporter_1'),
        ('how many pallets are left of the rack?', 'count', 'pallet~left_of(shelf)'),
        ('how many pallets are left in buffer_1?', 'count', 'pallet; #buffer_1'),
        ('are there any pallets in buffer_1?', 'count', 'pallet; #buffer_1'),
        ('is pallet_3 in buffer_1?', 'count', '#pallet_3; #buffer_1'),
        ('is transporter_1 empty?', 'count', '{empty} pallet; #transporter_1'),
        ('which pallet should the empty transporter pick up?', 'mcq',
         '{pickup} pallet; empty transporter'),
        ('which pallet is closest to the empty transporter?', 'mcq',
         '{nearest} pallet; empty transporter'),
        ('which transporter should pick up pallet_3?', 'mcq',
         '{nearest} empty transporter; #pallet_3'),
        ('which is the largest pallet', 'mcq', '{largest} pallet'),
        ("what's the smallest object?", 'mcq', '{smallest} any'),
        ('which pallet is nearest?', 'mcq', '{nearest} pallet'),
        ('what is the nearest pallet to the charger?', 'mcq', '{nearest} pallet; charger'),
        ('which of pallet_1, pallet_2 and pallet_3 is closest to buffer_1?', 'mcq',
         '{nearest} <#pallet_1, #pallet_2, #pallet_3>; #buffer_1'),
        ('which is closer to me, pallet_1 or pallet_2?', 'mcq',
         '{nearest} <#pallet_1, #pallet_2>; me'),
        ('is the bag farther than the die?', 'mcq', '{furthest} <bag, die>'),
        ('where is pallet_2?', 'where', '#pallet_2'),
        ('where is the second pallet from the left?', 'where', '2 leftmost pallet'),
        ('where is the pallet in buffer_1?', 'where', 'pallet~in(#buffer_1)'),
        ('what is the position of pallet_3?', 'where', '#pallet_3'),
        ('tell me where transporter_2 is', 'where', '#transporter_2'),
        ('pallet_3', 'where', '#pallet_3'),
        ('what is between the shelf and transporter_1?', 'between', 'shelf; #transporter_1'),
        ('is there anything between me and pallet_3?', 'between', 'me; #pallet_3'),
        ('what is left of the rack?', 'within', 'shelf; any~left_of(shelf)'),
        ('which pallets are in buffer_1?', 'within', '#buffer_1; pallet~in(#buffer_1)'),
        ('what is the transporter_1 carrying?', 'within',
         '#transporter_1; any~on(#transporter_1)'),
        ('nearest pallet to me?', 'mcq', '{nearest} pallet; me'),
        ('is the left pallet nearer to me than the right pallet?', 'mcq',
         '{nearest} <leftmost pallet, rightmost pallet>; me'),
        ('which is left, the die or the magazine?', 'mcq', '{leftmost} <die, magazine>'),
        ('is pallet_1 or pallet_2 closer to me?', 'mcq', '{nearest} <#pallet_1, #pallet_2>; me'),
        ('which pallet is next to the rack', 'mcq', '{nearest} pallet; shelf'),
        ('distance between the leftmost and the rightmost pallet', 'distance',
         'leftmost pallet; rightmost pallet'),
        ('how far is the middle pallet from the biggest one?', 'distance',
         'middle pallet; largest pallet'),
        ('what is near buffer_1', 'within', '#buffer_1'),
        ('which pallets are near the rack', 'within', 'shelf; pallet'),
        ('list all pallets', 'within', 'me; pallet'),
        ('is anyone within 3 metres of me?', 'within', 'me; person'),
        ('which transporter is empty?', 'within', 'me; empty transporter'),
        ('which buffer has the most pallets?', 'mcq', '{most} buffer; pallet'),
        ('which of the buffers contains the fewest pallets?', 'mcq', '{fewest} buffer; pallet'),
        ('Which of the buffers <mask> <mask> holds the most pallets among the pallets <mask> <mask>?',
         'mcq', '{most} buffer[0 1]; pallet[2 3]'),
        ('how far is the transporter from the nearest pallet?', 'distance',
         'transporter; pallet~closest_to(transporter)'),
        ('which pallet is second from the left?', 'mcq', '{leftmost} 2 leftmost pallet'),
        ('which is the second pallet from the left?', 'mcq', '{leftmost} 2 leftmost pallet'),
        ('which pallet is the second nearest to me?', 'mcq',
         '{nearest} 2 pallet~closest_to(me); me'),
        ('what do you see?', 'within', 'me; any'),
        ('what is pallet_3 next to?', 'within', '#pallet_3'),
        ('is anyone near me?', 'within', 'me; person'),
        ('is pallet_3 near buffer_2?', 'within', '#buffer_2; #pallet_3'),
        ('what is on my left?', 'within', 'me; any~left_of(me)'),
        ('which pallets are on the left?', 'within', 'me; pallet~left_of(me)'),
        ('is pallet_3 the leftmost pallet?', 'mcq', '{leftmost} pallet'),
        ('is transporter_2 carrying pallet_3?', 'count', '#pallet_3; #transporter_2'),
        ('does buffer_1 contain any pallets?', 'count', 'pallet; #buffer_1'),
        ('are pallet_1 and pallet_3 in buffer_2?', 'count', '<#pallet_1, #pallet_3>; #buffer_2'),
        ('how many pallets are in buffer_1 and buffer_2?', 'count',
         'pallet; <#buffer_1, #buffer_2>'),
        ('is pallet_3 behind pallet_2?', 'mcq', '{furthest} <#pallet_3, #pallet_2>'),
        ('is pallet_1 closer to transporter_2 or to pallet_3?', 'mcq',
         '{nearest} <#transporter_2, #pallet_3>; #pallet_1'),
        ('how far is the loaded transporter from the empty one?', 'distance',
         'loaded transporter; empty transporter'),
        ('which pallet should transporter_1 take?', 'mcq', '{pickup} pallet; #transporter_1'),
        ('which pallet should obj-17 take?', 'mcq', '{pickup} pallet; #obj-17'),
        ('what does transporter_2 carry?', 'within', '#transporter_2; any~on(#transporter_2)'),
    ],
)  # fmt: skip
def test_free_wording(text: str, category: str, meaning: str) -> None:
    question = parse(text, IDS)
    assert (question.category.value, notation(question)) == (category, meaning)


@pytest.mark.parametrize(
    ('text', 'side', 'width_m'),
    [
        ('is there room of 1.2 m left of the rack?', 'left', 1.2),
        ('is there room of 80 cm to the right of the rack?', 'right', 0.8),
        ('is there 1,5 m of space in front of the shelf?', 'front', 1.5),
        ('does a crate of 4 feet fit behind the shelf?', 'behind', 1.2192),
        ('is there one and a half metres of room next to the rack', '', 1.5),
        ('is there room of 40 inches left of the rack', 'left', 1.016),
        ('is there 4 ft 6 in of space left of the rack', 'left', 1.3716),
        ('is there half a metre of room right of the rack', 'right', 0.5),
        ('is there 1,200 mm of room right of the rack', 'right', 1.2),
        ('how much room is left of the rack?', 'left', None),
        ('can a pallet 1.2 m wide fit right of the rack?', 'right', 1.2),
    ],
)
def test_room(text: str, side: str, width_m: float | None) -> None:
    question = parse(text, IDS)
    assert (question.category, question.side) == (Category.ROOM, side)
    assert question.width_m == (None if width_m is None else pytest.approx(width_m))
    assert notation(question) == 'shelf'


@pytest.mark.parametrize(
    ('text', 'radius_m', 'meaning'),
    [
        ('what is within 3 metres of me', 3.0, 'me'),
        ('what is within 3 m of buffer_2?', 3.0, '#buffer_2'),
        ('which pallets are within 250 cm of the forklift', 2.5, 'transporter; pallet'),
        ('is pallet_3 closer than 2 m to me?', 2.0, 'me; #pallet_3'),
        ('is there a person within 2 m?', 2.0, 'me; person'),
        ('what is left of the rack', math.inf, 'shelf; any~left_of(shelf)'),
    ],
)
def test_within(text: str, radius_m: float, meaning: str) -> None:
    question = parse(text, IDS)
    assert question.category is Category.WITHIN
    assert question.radius_m == pytest.approx(radius_m)
    assert notation(question) == meaning


@pytest.mark.parametrize(
    ('text', 'side'),
    [
        ('is pallet_1 left of pallet_2', 'left'),
        ('is pallet_1 to the right of pallet_2', 'right'),
        ('is pallet_1 left or right of pallet_2', ''),
    ],
)
def test_asked_side(text: str, side: str) -> None:
    assert parse(text, IDS).side == side


@pytest.mark.parametrize(
    ('text', 'form'),
    [
        ('is pallet_1 left of pallet_2?', 'yes_no'),
        ('can you confirm if pallet_1 is left of pallet_2?', 'yes_no'),
        ('tell me whether pallet_1 is in buffer_1', 'yes_no'),
        ('is the die closer than the bag?', 'yes_no'),
        ('is the die or the bag closer?', ''),
        ('can you tell me how far pallet_1 is from pallet_2?', ''),
        ('which pallet is leftmost?', ''),
        ('are there 3 pallets in buffer_1?', ''),
        ('are all pallets in buffer_1?', ''),
        ('how many pallets are there?', 'how_many'),
        ('can you count the pallets in buffer_1?', 'how_many'),
    ],
)
def test_how_the_answer_should_open(text: str, form: str) -> None:
    assert parse(text, IDS, ('die', 'bag')).form == form


@pytest.mark.parametrize(
    ('text', 'beyond'),
    [
        ('which pallets are farther than 5 m from me?', True),
        ('which pallets are farther than 5 m?', True),
        ('is pallet_3 more than 5 m away?', True),
        ('is pallet_3 at least 5 m away?', True),
        ('which pallets are closer than 5 m?', False),
        ('which pallets are not farther than 5 m from me?', False),
        ('what is no more than 5 m from me?', False),
        ('what is within 5 m of me?', False),
    ],
)
def test_beyond_a_radius(text: str, beyond: bool) -> None:
    question = parse(text, IDS)
    assert (question.category, question.radius_m) == (Category.WITHIN, 5.0)
    assert question.beyond is beyond


@pytest.mark.parametrize(
    ('text', 'meaning'),
    [
        ('is A left of B?', '#A; #B'),
        ('how far is A from B?', '#A; #B'),
        ('is B in A?', '#B; #A'),
        ('where is A?', '#A'),
        ('Is A closer than B?', '{nearest} <#A, #B>'),
        ('how far is A pallet from B?', 'pallet; #B'),
        ('how far is a from B?', '#B; me'),
    ],
)
def test_an_id_that_is_an_article(text: str, meaning: str) -> None:
    assert notation(parse(text, ('A', 'B', 'pallet_1'))) == meaning


def test_the_robot_may_be_the_viewer_but_an_empty_robot_is_a_transporter() -> None:
    assert parse('how far is the robot from pallet_3?', IDS).references[0].viewer
    assert short(parse('which pallet is closest to the empty robot?').references[1]) == (
        'empty transporter'
    )


def test_politeness_names_no_viewer() -> None:
    question = parse('Could you please tell me how far you think pallet_1 is from pallet_2?', IDS)
    assert notation(question) == '#pallet_1; #pallet_2'


@pytest.mark.parametrize(
    ('spelled', 'known'),
    [
        ('pallet_3', 'pallet_3'),
        ('Pallet-3', 'pallet_3'),
        ('PALLET 3', 'pallet_3'),
        ('obj 17', 'obj-17'),
        ('6F1C2D3E-AAAA-BBBB-CCCC-0123456789AB', '6f1c2d3e-aaaa-bbbb-cccc-0123456789ab'),
        ('Palette Nr. 7 (Süd)', 'Palette Nr. 7 (Süd)'),
        ('货架-1', '货架-1'),
    ],
)
def test_ids_in_any_spelling(spelled: str, known: str) -> None:
    question = parse(f'where is {spelled}?', ('pallet_1', known))
    assert question.references[0].object_id == known


def test_unknown_id_keeps_its_words() -> None:
    assert parse('where is pallet_33?', IDS).references[0].object_id == 'pallet_33'
    assert parse('where is pallet 33?', IDS).references[0].object_id == 'pallet_33'


def test_a_length_is_no_id() -> None:
    question = parse('what is within 3 m of the pallet', ('pallet_3', '3', 'm'))
    assert notation(question) == 'pallet'


@pytest.mark.parametrize(
    'text',
    [
        '', ' \n\t', '?', '???!!!', '\x00\x01\x02', '<mask>', '<mask> <mask>', 'hello', 'blah blah',
        'what time is it?', 'is', 'which', 'how many', 'how far', 'left', 'between',
        'is there room?', 'is there room of 0 m left of the rack?', 'what is within 0 m of me?',
        'how tall is pallet_1?', 'where should the transporter go?',
        'is there room of 1 m between pallet_1 and pallet_2?', '(((((((', '🤖🤖🤖',
        'how far are pallet_1, pallet_2 and pallet_3 apart?', 'how long is pallet_1?',
        'which pallets are not in a buffer?', 'which transporter is without a pallet?',
        'how many pallets are outside buffer_1?', 'where is pallet_1 and pallet_2?',
        'what is within -3 m of pallet_1?', 'what is within 1e9 m of me?',
    ],
)  # fmt: skip
def test_what_means_nothing_says_so_with_examples(text: str) -> None:
    with pytest.raises(QuestionError) as error:
        parse(text, IDS)
    failure = error.value.failure
    assert failure.reason is Reason.NOT_UNDERSTOOD
    assert 'is pallet_3 left of the transporter?' in failure.message


def test_too_long_says_how_long() -> None:
    with pytest.raises(QuestionError, match=f'100000 characters, at most {LONGEST_QUESTION}'):
        parse('a' * 100_000)


@pytest.mark.parametrize(
    'unit',
    ['<mask> ', '<mask', '<', 'the ', 'left of ', 'the pallet in ', '1,', '((', 'a-', "'", 'to the left ',
     'the nearest ', 'within 1 m ', 'pallet_1 ', 'which ', 'from the image ', '1 m ', 'and ', 'x' * 40 + ' '],
)  # fmt: skip
def test_repetition_to_the_limit_ends_in_a_question_or_an_error(unit: str) -> None:
    text = (unit * LONGEST_QUESTION)[:LONGEST_QUESTION]
    for prefix in ('', 'how far is ', 'which pallet ', 'how many pallets are in '):
        try:
            question = parse((prefix + text)[:LONGEST_QUESTION], IDS)
        except QuestionError:
            continue
        assert question.references


WORDS = [
    'the', 'pallet', 'pallets', '<mask>', 'left', 'right', 'of', 'in', 'buffer', 'closest', 'to', 'how', 'far',
    'many', 'which', 'is', 'between', 'and', 'me', 'pallet_1', '3', 'm', 'within', 'room', 'leftmost', 'on',
    'transporter', 'empty', 'from', 'where', 'what', 'second', 'nearest', 'chair', ',', '?', 'than', 'closer', 'one',
    'side', 'count', 'are', 'there', '#', 'region', 'with', 'pick', 'up', 'a', 'half', 'most', 'furthest',
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=25).map(' '.join))
def test_any_words_end_in_a_question_or_an_error(text: str) -> None:
    try:
        question = parse(text, IDS, ('chair',))
    except QuestionError:
        return
    assert question.text == text
    assert question.mask_count == text.count('<mask>')
    for reference in question.references:
        assert all(0 <= mask < question.mask_count for mask in reference.masks)


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=300),
    st.lists(st.text(max_size=12), max_size=5),
    st.lists(st.text(max_size=8), max_size=3),
)
def test_any_text_ends_in_a_question_or_an_error(
    text: str, ids: list[str], classes: list[str]
) -> None:
    with contextlib.suppress(QuestionError):
        assert parse(text, ids, classes).references


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=string.ascii_letters + string.digits + '_-', min_size=1, max_size=20))
def test_an_id_key_ignores_case_and_separators(object_id: str) -> None:
    assert id_key(object_id.upper().replace('_', ' ').replace('-', '_')) == id_key(object_id)


@pytest.mark.parametrize(
    ('plural', 'word'),
    [('pallets', 'pallet'), ('shelves', 'shelf'), ('boxes', 'box'), ('people', 'person'), ('glass', 'glass'),
     ('batteries', 'battery'), ('bus', 'bus'), ('chassis', 'chassis')],
)  # fmt: skip
def test_singular(plural: str, word: str) -> None:
    assert singular(plural) == word


@pytest.mark.parametrize(
    ('written', 'meant'),
    [('leftmostthe', ['leftmost', 'the']), ('palet', ['pallet']), ('transporer', ['transporter']),
     ('nerest', ['nearest']), ('wallet', ['wallet']), ('closestto', ['closest', 'to'])],
)  # fmt: skip
def test_slips_of_the_keyboard(written: str, meant: list[str]) -> None:
    assert [token.text for token in tokenize(normalise(written))] == meant
