# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How the benchmark words its questions, typing errors included, and how more people would.

Slots: {a}, {b}, {c} a noun with its token ('the pallet <mask>'); {B}, {P}, {T}, {S} tokens of
buffers, pallets, transporters, shelves. {pos} and {side} are words. The benchmark publishes about
half of its wordings; the others here are paraphrases in its manner.
"""

from __future__ import annotations

# side asked about ('' for both) -> wordings
LEFT_RIGHT: dict[str, tuple[str, ...]] = {
    '': (
        "From the image's perspective, is {a} situated on the left or right of {b}?",
        'Does {a} appear on the left or right side of {b}?',
        'Is {a} positioned on the left or right side of {b} relative to the observer?',
        'From this viewpoint, does {a} appear on the left or right side of {b}?',
        'Is {a} placed to the left or right of {b} when looking from this angle?',
        'Is {a} to the left or right of {b} from the current viewpoint?',
        'Can you determine if {a} is on the left or right of {b} based on the current viewing '
        'angle?',
        'On which side of {b} is {a}, left or right?',
    ),
    'right': (
        "Is {a} to the right of {b} from the image's perspective?",
        'Can you determine if {a} is to the right of {b} based on the current viewing angle?',
        'From this viewpoint, does {a} appear on the right-hand side of {b}?',
        'Can you confirm if {a} is positioned to the right of {b}?',
        'Is {a} placed to the right of {b} when looking from this angle?',
        "From the image's perspective, is {a} situated on the right of {b}?",
        'Does {a} appear on the right side of {b}?',
        'Is {a} positioned on the right side of {b} relative to the observer?',
    ),
    'left': (
        'Does {a} appear on the left side of {b}?',
        'From this viewpoint, does {a} appear on the left-hand side of {b}?',
        'Is {a} positioned on the left side of {b} relative to the observer?',
        "From the image's perspective, is {a} situated on the left of {b}?",
        "Is {a} to the left of {b} from the image's perspective?",
        'Can you determine if {a} is to the left of {b} based on the current viewing angle?',
        'Can you confirm if {a} is positioned to the left of {b}?',
        'Is {a} placed to the left of {b} when looking from this angle?',
    ),
}

# Slots name the order of the tokens: '{T} ... {P}' means that transporters come first.
PICKUP = (
    'Considering the transporters {T} and the pallets {P}, which pallet is the optimal choice for '
    'an empty transporter to '
    'pick up?',
    'Given the available transporters {T} and pallets {P}, which pallet is the best choice for '
    'automated pickup by an empty '
    'transporter?',
    'Which pallet in {P} is most suitable for an empty transporter in {T} to retrieve '
    'autonomously?',
    'From the pallets in {P}, which one should an empty transporter in {T} pick up for optimal '
    'efficiency?',
    'Among the pallets {P}, which one is the best for an empty transporter in {T} to pick up?',
    'Given the pallets {P} and the transporters {T}, which pallet should an empty transporter '
    'collect first?',
)
# One transporter, which is empty.
PICKUP_BY_ONE = (
    'Which pallet in {P} is the easiest for the transporter at {T} to access?',
    'Considering the placement of {P}, which pallet is the most convenient for {T} to collect?',
    'Which pallet from {P} is the most accessible for pickup by the transporter in {T}?',
    'Which pallet from {P} is the most suitable for the transporter at {T} to pick up?',
    'Considering the position of pallets {P}, which one is the most suitable for {t} to pick up?',
    'Considering the locations of pallets {P}, which is the optimal choice for the transporter in '
    '{T}?',
    'Given the pallets {P}, which one is the most convenient for {t} to pick up?',
)
EXTREME = {
    'leftmost': (
        'From the current viewing position, which of {a}, {b}, and {c} is the leftmost?',
        "From the image's point of view, which of {a}, {b}, and {c} is positioned the furthest to "
        'the left?',
        'Among {a}, {b}, and {c}, which one appears on the leftmost side?',
        'Looking from this perspective, which of {a}, {b}, and {c} is the leftmost?',
        'Which object is the leftmost among {a}, {b}, and {c} from this viewpoint?',
        'Among {a}, {b}, and {c}, which object appears closest to the left side?',
        "Which among {a}, {b}, and {c} is situated on the extreme left from the observer's "
        'perspective?',
    ),
    'rightmost': (
        'Which object is the rightmost among {a}, {b}, and {c} from this viewpoint?',
        'Among {a}, {b}, and {c}, which object appears closest to the right side?',
        'From this angle, which of {a}, {b}, and {c} is positioned the furthest to the right?',
        "Which among {a}, {b}, and {c} is situated on the extreme right from the observer's "
        'perspective?',
        'Observing from this viewpoint, which of {a}, {b}, and {c} is located at the rightmost '
        'position?',
        "Among {a}, {b}, and {c}, which one is the rightmost object from the image's perspective?",
        'Looking from this perspective, which of {a}, {b}, and {c} is the rightmost?',
    ),
}
# {o} is the landmark as a bare token, {a} with its noun.
NEAREST_BUFFER = (
    'Among the buffer zones {B}, which one is closest to {o}?',
    'Among the buffer zones {B}, Which buffer zone is closest to {a}?',
    'From the buffer zones in {B}, which is the nearest to {o}?',
    'In the given buffer zones {B}, which one is the nearest to {o}?',
    'Which buffer area within {B} is closest in proximity to {a}?',
    'Which buffer region in {B} is the closest to {a}?',
    'Which buffer zone from {B} is nearest to {a}?',
)
NEAREST_BUFFER_TO_SHELVES = (
    'Which buffer region in {B} is located closest to the shelves on the {side} among {S}?',
    'Which buffer zone in {B} is nearest to the shelves on the {side} among {S}?',
    'Which buffer region from {B} is positioned closest to the shelves on the {side} among {S}?',
)

# {pos}: leftmost, rightmost or middle.
COUNT = (
    'Using the buffer masks {B} and pallet masks {P}, can you determine how many pallets are '
    'inside the {pos} buffer area?',
    'Given the buffer masks {B} and pallet masks {P}, what is the count of pallets in the {pos} '
    'buffer area?',
    'Among the given buffer masks {B} and pallet masks {P}, how many pallets are stored in the '
    '{pos} buffer?',
    'How many pallets are present in the {pos} buffer region, given the buffer masks {B} and '
    'pallet masks {P}?',
    'Given the buffer masks {B} and pallet masks {P}, how many pallets can be found in the {pos} '
    'buffer region?',
    'What is the count of pallets in the {pos} buffer region according to the buffer masks {B} '
    'and pallet masks {P}?',
    'Considering the buffer regions {B} and the pallets {P}, what is the total number of pallets '
    'in the {pos} buffer region?',
)
# {side}: left or right, meaning the outermost.
COUNT_SIDE = (
    'What is the count of pallets in the {side} buffer region according to the buffer masks {B} '
    'and pallet masks {P}?',
    'Using the buffer masks {B} and pallet masks {P}, how many pallets are situated in the {side} '
    'buffer zone?',
    'Given the buffer regions {B} and the pallets {P}, how many pallets are there in the buffer '
    'region on the {side}?',
    'From the given buffer masks {B} and pallet masks {P}, how many pallets are stored in the '
    '{side} buffer zone?',
    'From {side}mostthe given buffer masks {B} and pallet masks {P}, how many pallets are stored '
    'in the {side} buffer zone?',
)
COUNT_NEAR = (
    'Given the buffer masks {B} and pallet masks {P}, what is the count of pallets in the buffer '
    'region closest to {a}?',
    'Given the buffer regions {B} and the pallets {P}, how many pallets are there in the buffer '
    'region closest to {a}?',
)
COUNT_NEAR_SHELF = (
    'Using the buffer masks {B} and pallet masks {P}, how many pallets are situated in the buffer '
    'region closest to the shelf '
    'on the {side} among {S}?',
    'Considering the buffer regions {B} and the pallets {P}, what is the total number of pallets '
    'in the buffer region closest '
    'to the shelf on the {side} among {S}?',
)

DISTANCE = (
    'Could you measure the distance between {a} and {b}?',
    'Can you tell me the distance of {a} from {b}?',
    'How close is {a} from {b}?',
    'Give me the distance from {a} to {b}.',
    'Tell me the distance between {a} and {b}.',
    'Measure the distance between {a} and {b}.',
    'How distant is {a} from {b}?',
    'How much distance is there between {a} and {b}?',
    'What is the distance between {a} and {b}?',
    'How far is {a} from {b}?',
    'How far apart are {a} and {b}?',
    'Please provide the distance between {a} and {b}.',
)
# {p}: which pallet, {q}: which other; leftmost or rightmost.
DISTANCE_PALLETS = (
    'How far away is the {p} pallet from the {q} pallet among the pallets {P}?',
    'How close is the {p} pallet to the {q} pallet among the pallets {P}?',
    'Measure the distance between the {p} pallet and the {q} pallet among the pallets {P}.',
    'How distant is the {p} pallet from the {q} pallet among the pallets {P}?',
    'Give me the distance from the {p} pallet to the {q} pallet among the pallets {P}.',
    'What is the distance between the {p} pallet and the {q} pallet among the pallets {P}?',
)
DISTANCE_PALLET_BUFFER = (
    'Among the buffer regions {B} and pallet masks {P}, tell me the distance between the {p} '
    'pallet and the {q} buffer region.',
    'How far is the {p} pallet from the {q} buffer region among the buffer regions {B} and pallet '
    'masks {P}?',
    'Given the buffer regions {B} and the pallets {P}, how far is the {p} pallet from the {q} '
    'buffer region?',
    'Using the buffer regions {B} and the pallets {P}, measure the distance between the {p} '
    'pallet and the {q} buffer region.',
)
# {a} is a shelf; {side} where it stands in the picture.
DISTANCE_PALLET_SHELF = (
    'How far apart are the {p} pallet and the shelf on the {side} among the pallets {P} and {a}?',
    'Considering the pallets {P}, can you measure the distance between the {p} pallet and {a}?',
    'Considering the pallets {P} and {a}, how much distance is there between the {p} pallet and '
    'the shelf on the {side}?',
    'Given the pallets {P}, what is the distance between the {p} pallet and {a}?',
)
DISTANCE_TO_BUFFER = (
    'What is the spatial distance between {a} and the {q} buffer region in {B}?',
    'What is the distance of {a} from the {q_split} buffer region among {B}?',
    'Among the buffer zones {B}, what is the distance between {a} and the {q} buffer zone?',
    'What is the exact distance from {a} to the {q} buffer region within {B}?',
    'What is the measured distance between {a} and the {q} buffer area among {B}?',
    'How far is {a} from the {q} buffer region among {B}?',
)

BUFFER_NOUNS = ('buffer region', 'buffer zone', 'buffer area', 'buffer', 'buffer mask')
