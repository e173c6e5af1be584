# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Wordings beyond the benchmark's, only for training: people and planners ask in other words too.

The dataset that is written to disk never uses them, so that a seed's questions stay what they are.
"""

from __future__ import annotations

from smolrgpt_ros.warehouse import templates

# The benchmark's wordings -> paraphrases with the same slots. Among them are those by which the
# neural engines put a question that was asked in words.
PARAPHRASES: dict[tuple[str, ...], tuple[str, ...]] = {
    templates.LEFT_RIGHT['']: (
        'Is {a} to the left or right of {b}?',
        'Is {a} left or right of {b}?',
        '{a}: left or right of {b}?',
        'Which side of {b} is {a} on, left or right?',
        'Seen from here, is {a} to the left or to the right of {b}?',
    ),
    templates.LEFT_RIGHT['right']: (
        'Is {a} right of {b}?',
        'Is {a} to the right of {b}?',
        'Is {a} on the right of {b}?',
        'Does {a} stand to the right of {b}?',
        'Would you say {a} is to the right of {b}?',
    ),
    templates.LEFT_RIGHT['left']: (
        'Is {a} left of {b}?',
        'Is {a} to the left of {b}?',
        'Is {a} on the left of {b}?',
        'Does {a} stand to the left of {b}?',
        'Would you say {a} is to the left of {b}?',
    ),
    templates.PICKUP: (
        'Which of the pallets {P} should the empty one of the transporters {T} pick up?',
        'With transporters {T}, which of the pallets {P} is best to pick up next?',
        'Of the pallets {P}, which one should an empty transporter among {T} fetch?',
    ),
    templates.PICKUP_BY_ONE: (
        'Which of the pallets {P} should {t} pick up?',
        'Which of {P} is the best pallet for {t} to fetch?',
        'Out of the pallets {P}, which one is easiest to reach for {t}?',
    ),
    templates.EXTREME['leftmost']: (
        'Which of {a}, {b}, and {c} is the leftmost?',
        'Which is furthest left: {a}, {b}, or {c}?',
        'Of {a}, {b}, and {c}, which one is the leftmost?',
    ),
    templates.EXTREME['rightmost']: (
        'Which of {a}, {b}, and {c} is the rightmost?',
        'Which is furthest right: {a}, {b}, or {c}?',
        'Of {a}, {b}, and {c}, which one is the rightmost?',
    ),
    templates.NEAREST_BUFFER: (
        'Among the buffer regions {B}, which one is closest to {a}?',
        'Which of the buffers {B} is nearest to {a}?',
        'What is the closest of the buffer regions {B} to {a}?',
    ),
    templates.NEAREST_BUFFER_TO_SHELVES: (
        'Which of the buffer regions {B} is closest to the {side} one of the shelves {S}?',
        'Of the buffers {B}, which is nearest to the shelf on the {side} among {S}?',
    ),
    templates.COUNT: (
        'How many of the pallets {P} are in the {pos} of the buffers {B}?',
        'How many pallets are in the {pos} buffer region, given the buffers {B} and the pallets '
        '{P}?',
        'Count the pallets among {P} that stand in the {pos} one of the buffer regions {B}.',
    ),
    templates.COUNT_SIDE: (
        'How many of the pallets {P} are in the buffer on the {side} among {B}?',
        'Count the pallets among {P} inside the {side} buffer region of {B}.',
    ),
    templates.COUNT_NEAR: (
        'How many of the pallets {P} are in the buffer closest to {a}, among the buffers {B}?',
        'Of the buffers {B} take the one nearest to {a}: how many of the pallets {P} are in it?',
    ),
    templates.COUNT_NEAR_SHELF: (
        'How many of the pallets {P} are in the buffer of {B} closest to the shelf on the {side} '
        'among {S}?',
    ),
    templates.DISTANCE: (
        'What distance separates {a} and {b}?',
        'How many meters are between {a} and {b}?',
        'How many meters is {a} away from {b}?',
        'Distance from {a} to {b}?',
        'How far away is {a} from {b}?',
    ),
    templates.DISTANCE_PALLETS: (
        'Of the pallets {P}, how far is the {p} one from the {q} one?',
        'How far apart are the {p} and the {q} of the pallets {P}?',
    ),
    templates.DISTANCE_PALLET_BUFFER: (
        'How far is the {p} of the pallets {P} from the {q} of the buffers {B}?',
        'What is the distance from the {p} of the pallets {P} to the {q} of the buffer regions '
        '{B}?',
    ),
    templates.DISTANCE_PALLET_SHELF: (
        'How far is the {p} of the pallets {P} from {a}?',
        'What is the distance from the {p} of the pallets {P} to {a}?',
    ),
    templates.DISTANCE_TO_BUFFER: (
        'How far is {a} from the {q} of the buffers {B}?',
        'What is the distance from {a} to the {q} of the buffer regions {B}?',
    ),
}

# What people call a thing of a class besides its name, and 'object' where they do not know.
CLASS_NOUNS = {
    'buffer': ('buffer region', 'buffer zone', 'storage area', 'storage zone', 'object'),
    'pallet': ('pallet', 'pallet', 'load', 'object'),
    'transporter': ('transporter', 'transporter', 'vehicle', 'robot', 'object'),
    'shelf': ('shelf', 'shelf', 'rack', 'object'),
}

# {L}: two to six nouns with their tokens.
EXTREME_OF_ANY = {
    'leftmost': (
        'From the current viewing position, which of {L} is the leftmost?',
        'Which of {L} is the leftmost?',
        'Among {L}, which one is furthest to the left?',
    ),
    'rightmost': (
        'From the current viewing position, which of {L} is the rightmost?',
        'Which of {L} is the rightmost?',
        'Among {L}, which one is furthest to the right?',
    ),
    'middle': (
        'Which of {L} is the middle one from left to right?',
        'Among {L}, which one is in the middle?',
    ),
}
# {plural} of the candidates {C}; 'objects' where they differ.
NEAREST_OF_ANY = (
    'Among the {plural} {C}, which one is closest to {a}?',
    'Which of the {plural} {C} is closest to {a}?',
    'Which of the {plural} {C} is nearest to {o}?',
)
COUNT_IN_ONE = (
    'How many pallets are in {a}, given the pallets {P}?',
    'How many of the pallets {P} are in {a}?',
    'Count the pallets among {P} that stand in {a}.',
)
