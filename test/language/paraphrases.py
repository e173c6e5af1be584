# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Questions in the benchmark's style and what they mean, in a short notation.

'leftmost buffer[0 1]' is the leftmost of masks 0 and 1, called a buffer; '~closest_to(shelf[2])' a relation; '{..}' a
choice; 'any' a class that the words leave open.
"""

from __future__ import annotations

M = '<mask>'

LEFT_RIGHT = [
    f'Would you say the pallet {M} is left or right of the shelf {M}?',
    f'Is the pallet {M} found on the right of the shelf {M}?',
    f'In this image, is the pallet {M} to the left of the shelf {M}?',
    f'Looking at the scene, does the pallet {M} lie to the right of the shelf {M}?',
    f'Does the pallet {M} sit on the left-hand side of the shelf {M}?',
    f"From the camera's point of view, is the pallet {M} located to the left or to the right of the shelf {M}?",
    f'On which side of the shelf {M} is the pallet {M}?|1 0',
    f'Which side of the shelf {M} does the pallet {M} appear on?|1 0',
    f'Relative to the shelf {M}, is the pallet {M} on the left or on the right?|1 0',
    f'With respect to the shelf {M}, is the pallet {M} positioned to the left?|1 0',
    f'Is the pallet {M} to the left side of the shelf {M} from this perspective?',
    f'Can you tell whether the pallet {M} stands left or right of the shelf {M}?',
    f'Is it true that the pallet {M} is on the right side of the shelf {M}?',
    f'From where the observer stands, is the pallet {M} right of the shelf {M}?',
    f'<image>\nis the PALLET {M} TO THE LEFT OF the shelf {M}',
    f'Does the pallet{M}appear to the right of the shelf{M}?',
    f'Based on this view, is the pallet {M} positioned right or left of the shelf {M}?',
    f'Please determine if the pallet {M} is situated to the right of the shelf {M} from the current viewpoint.',
    f'Considering the image, would the pallet {M} be on the left or right of the shelf {M}?',
    f'Is the pallet {M} visually to the left of the shelf {M} when viewed from the camera angle?',
    f'Is the pallet {M} more to the left than the shelf {M}?',
    f'As seen in the picture, is the pallet {M} on the left side of the shelf {M} or on its right side?',
]

MCQ = [
    (
        f'Which of the pallet {M}, the pallet {M} and the shelf {M} is the leftmost?',
        '{leftmost} any[0 1 2]',
    ),
    (
        f'Of the pallet {M}, the pallet {M} and the shelf {M}, which is furthest right?',
        '{rightmost} any[0 1 2]',
    ),
    (
        f'Which one is most to the left: the pallet {M}, the pallet {M}, or the shelf {M}?',
        '{leftmost} any[0 1 2]',
    ),
    (
        f'Identify the rightmost object among the pallet {M}, the pallet {M}, and the shelf {M}.',
        '{rightmost} any[0 1 2]',
    ),
    (
        f'Among the pallet {M}, the transporter {M}, and the shelf {M}, which is on the far left?',
        '{leftmost} any[0 1 2]',
    ),
    (
        f'Among the pallet {M}, the transporter {M}, and the shelf {M}, which one sits in the middle?',
        '{middle} any[0 1 2]',
    ),
    (
        f'From this viewpoint, which object among the pallet {M}, the pallet {M}, and the shelf {M} lies at the extreme '
        'left?',
        '{leftmost} any[0 1 2]',
    ),
    (
        f'Which of these objects is furthest to the right side: the pallet {M}, the pallet {M}, the shelf {M}?',
        '{rightmost} any[0 1 2]',
    ),
    (f'Which is the leftmost pallet among {M} {M} {M}?', '{leftmost} pallet[0 1 2]'),
    (f'Which of the pallets {M} {M} {M} is rightmost?', '{rightmost} pallet[0 1 2]'),
    (f'What is the rightmost pallet in {M} {M} {M}?', '{rightmost} pallet[0 1 2]'),
    (f'Which of {M} {M} {M} is the right most one?', '{rightmost} any[0 1 2]'),
    (
        f'Considering the pallets {M} {M}, and the transporter {M}, which pallet is nearest to the transporter?',
        '{nearest} pallet[0 1]; transporter[2]',
    ),
    (
        f'Which buffer zone among {M} {M} {M} lies nearest to the pallet {M}?',
        '{nearest} buffer[0 1 2]; pallet[3]',
    ),
    (
        f'Given the buffer zones {M} {M}, which buffer zone is the closest to the shelf {M}?',
        '{nearest} buffer[0 1]; shelf[2]',
    ),
    (
        f'From the buffer regions {M} {M}, which one is positioned closest to the transporter {M}?',
        '{nearest} buffer[0 1]; transporter[2]',
    ),
    (
        f'Which buffer area in {M} {M} has the shortest distance to the pallet {M}?',
        '{nearest} buffer[0 1]; pallet[2]',
    ),
    (
        f'Out of the buffer zones {M} {M}, which is nearest the pallet {M}?',
        '{nearest} buffer[0 1]; pallet[2]',
    ),
    (
        f'Within the buffer masks {M} {M}, which buffer is closest to the leftmost shelf among {M} {M}?',
        '{nearest} buffer[0 1]; leftmost shelf[2 3]',
    ),
    (
        f'Which buffer in {M} {M} is situated nearest to the rightmost shelf in {M} {M}?',
        '{nearest} buffer[0 1]; rightmost shelf[2 3]',
    ),
    (
        f'Which buffer zone in {M} {M} is farthest from the shelf {M}?',
        '{furthest} buffer[0 1]; shelf[2]',
    ),
    (
        f'Which pallet in {M} {M} {M} should the transporter {M} pick up?',
        '{pickup} pallet[0 1 2]; transporter[3]',
    ),
    (
        f'Given the pallets {M} {M} and the transporters {M} {M}, which pallet should an empty transporter collect?',
        '{pickup} pallet[0 1]; empty transporter[2 3]',
    ),
    (
        f'Considering the pallets {M} {M} {M} and the transporters {M}, what is the best pallet for an empty transporter '
        'to retrieve?',
        '{pickup} pallet[0 1 2]; empty transporter[3]',
    ),
    (
        f'Which pallet among {M} {M} is the most efficient choice for the empty transporter in {M} to pick up?',
        '{pickup} pallet[0 1]; empty transporter[2]',
    ),
    (
        f'Among the pallets {M} {M} {M}, which one is best suited for automated pickup by the transporter {M}?',
        '{pickup} pallet[0 1 2]; transporter[3]',
    ),
    (
        f'Given the transporter {M}, which of the pallets in {M} {M} is easiest to access?',
        '{pickup} pallet[1 2]; transporter[0]',
    ),
    (
        f'Based on the positions of the pallets {M} {M} and transporters {M} {M}, which pallet is ideal for pickup by an '
        'empty transporter?',
        '{pickup} pallet[0 1]; empty transporter[2 3]',
    ),
    (
        f'Which pallet in {M} {M} can be most easily reached by the transporter at {M}?',
        '{pickup} pallet[0 1]; transporter[2]',
    ),
    (
        f'From {M} {M} {M}, which pallet is the most appropriate for the transporter in {M} to fetch?',
        '{pickup} pallet[0 1 2]; transporter[3]',
    ),
    (
        f'Which pallet, from the pallets at {M} {M}, is optimal for an unloaded transporter at {M} to grab?',
        '{pickup} pallet[0 1]; empty transporter[2]',
    ),
    (
        f'Assuming the transporters {M} {M} are available, which pallet from {M} {M} would be the most convenient to pick '
        'up for an empty one?',
        '{pickup} pallet[2 3]; empty transporter[0 1]',
    ),
    (
        f'Considering the arrangement of {M} {M}, which pallet is the most suitable for {M} to retrieve?',
        '{pickup} pallet[0 1]; transporter[2]',
    ),
    (
        f'Which is the best pallet in {M} {M} for the transporter {M} to pick-up?',
        '{pickup} pallet[0 1]; transporter[2]',
    ),
]

COUNT = [
    (
        f'How many pallets are in the leftmost buffer given the buffer masks {M} {M} and the pallet masks {M} {M}?',
        'pallet[2 3]; leftmost buffer[0 1]',
    ),
    (
        f'Given buffer zones {M} {M} and pallets {M} {M}, count the pallets in the right buffer zone.',
        'pallet[2 3]; rightmost buffer[0 1]',
    ),
    (
        f'Considering the buffers {M} {M} {M} and pallets {M}, what is the number of pallets within the middle buffer?',
        'pallet[3]; middle buffer[0 1 2]',
    ),
    (
        f'What is the total count of pallets inside the buffer area on the right, based on buffer masks {M} {M} and '
        f'pallet masks {M} {M}?',
        'pallet[2 3]; rightmost buffer[0 1]',
    ),
    (
        f'Based on the buffer regions {M} {M} and pallets {M} {M}, how many pallets does the left buffer region hold?',
        'pallet[2 3]; leftmost buffer[0 1]',
    ),
    (
        f'In the leftmost buffer among {M} {M}, how many pallets from {M} {M} are there?',
        'pallet[2 3]; leftmost buffer[0 1]',
    ),
    (
        f'How many of the pallets {M} {M} {M} are located in the rightmost buffer zone of {M} {M}?',
        'pallet[0 1 2]; rightmost buffer[3 4]',
    ),
    (f'How many pallets {M} {M} are in the buffer {M}?', 'pallet[0 1]; buffer[2]'),
    (
        f'Using buffer masks {M} {M} and pallet masks {M}, what is the pallet count in the leftmost buffer?',
        'pallet[2]; leftmost buffer[0 1]',
    ),
    (
        f'Given the buffer masks {M} {M} and pallet masks {M} {M}, how many pallets are placed in the buffer region nearest '
        f'to the shelf {M}?',
        'pallet[2 3]; buffer[0 1]~closest_to(shelf[4])',
    ),
    (
        f'Given the buffer masks {M} {M} and pallet masks {M} {M}, how many pallets are in the buffer closest to the '
        f'rightmost shelf among {M} {M}?',
        'pallet[2 3]; buffer[0 1]~closest_to(rightmost shelf[4 5])',
    ),
    (
        f'From rightmostthe given buffer masks {M} {M} and pallet masks {M} {M}, how many pallets are stored in the right '
        'buffer zone?',
        'pallet[2 3]; rightmost buffer[0 1]',
    ),
    (
        f'Given the buffer regions {M} {M} {M} and the pallets {M}, how many pallets are there in the buffer region in the '
        'middle?',
        'pallet[3]; middle buffer[0 1 2]',
    ),
    (
        f'What is the quantity of pallets that can be found in the left most buffer, given the buffer masks {M} {M} and '
        f'pallet masks {M}?',
        'pallet[2]; leftmost buffer[0 1]',
    ),
    (
        f'Can you count how many pallets occupy the center buffer zone using buffer masks {M} {M} {M} and pallet masks '
        f'{M} {M}?',
        'pallet[3 4]; middle buffer[0 1 2]',
    ),
    (
        f'According to the buffer masks {M} {M} and pallet masks {M}, how many pallets reside in the leftmost buffer?',
        'pallet[2]; leftmost buffer[0 1]',
    ),
    (
        f'How many pallets can you see in the rightmost buffer area from the buffer masks {M} {M} and pallet masks {M}?',
        'pallet[2]; rightmost buffer[0 1]',
    ),
    (
        f'Given {M} {M} as buffer regions and {M} {M} as pallets, how many pallets are in the leftmost buffer region?',
        'pallet[2 3]; leftmost buffer[0 1]',
    ),
    (
        f'What number of pallets is contained in the rightmost buffer zone given buffers {M} {M} and pallets {M} {M}?',
        'pallet[2 3]; rightmost buffer[0 1]',
    ),
    (
        f'Among the buffers {M} {M} and the pallets {M} {M}, determine the number of pallets situated inside the leftmost '
        'buffer.',
        'pallet[2 3]; leftmost buffer[0 1]',
    ),
    (
        f'Considering the buffer regions {M} {M} and the pallets {M}, what is the sum of pallets in the buffer region next '
        f'to the transporter {M}?',
        'pallet[2]; buffer[0 1]~closest_to(transporter[3])',
    ),
]

DISTANCE = [
    (f'How far is the pallet {M} from the shelf {M}?', 'pallet[0]; shelf[1]'),
    (f'How far apart are the pallet {M} and the shelf {M}?', 'pallet[0]; shelf[1]'),
    (f'What is the distance between the pallet {M} and the shelf {M}?', 'pallet[0]; shelf[1]'),
    (f'How many meters separate the pallet {M} from the shelf {M}?', 'pallet[0]; shelf[1]'),
    (f'How many meters is the pallet {M} away from the shelf {M}?', 'pallet[0]; shelf[1]'),
    (f'How close is the pallet {M} to the shelf {M}?', 'pallet[0]; shelf[1]'),
    (f'Determine the distance separating the pallet {M} and the shelf {M}.', 'pallet[0]; shelf[1]'),
    (f'What is the gap between the pallet {M} and the shelf {M}?', 'pallet[0]; shelf[1]'),
    (f'Can you estimate how far the pallet {M} is from the shelf {M}?', 'pallet[0]; shelf[1]'),
    (f'How much space is there between the pallet {M} and the shelf {M}?', 'pallet[0]; shelf[1]'),
    (f'What distance lies between {M} and {M}?', 'any[0]; any[1]'),
    (f'How far is {M} from {M}?', 'any[0]; any[1]'),
    (f'Calculate the distance between the pallets {M} and {M}.', 'pallet[0]; pallet[1]'),
    (
        f'Provide the separation of the pallet {M} and the buffer region {M} in meters.',
        'pallet[0]; buffer[1]',
    ),
    (
        f'Give me the distance from the leftmost pallet to the rightmost pallet in {M} {M} {M}.',
        'leftmost pallet[0 1 2]; rightmost pallet[0 1 2]',
    ),
    (
        f'Among the pallets {M} {M} {M}, how far apart are the leftmost pallet and the rightmost pallet?',
        'leftmost pallet[0 1 2]; rightmost pallet[0 1 2]',
    ),
    (
        f'Given the pallets {M} {M}, what is the distance from the rightmost pallet to the transporter {M}?',
        'rightmost pallet[0 1]; transporter[2]',
    ),
    (
        f'How distant is the pallet {M} from the leftmost buffer region among {M} {M}?',
        'pallet[0]; leftmost buffer[1 2]',
    ),
    (
        f'Considering the buffer zones {M} {M}, how far is the pallet {M} from the left buffer zone?',
        'pallet[2]; leftmost buffer[0 1]',
    ),
    (
        f'From the buffer regions {M} {M}, measure the distance from the shelf {M} to the right most buffer region.',
        'shelf[2]; rightmost buffer[0 1]',
    ),
    (
        f'How far is the leftmost pallet from the shelf on the left among the pallets {M} {M} and the shelf {M}?',
        'leftmost pallet[0 1]; leftmost shelf[2]',
    ),
    (
        f'Using the pallets {M} {M} and buffer masks {M} {M}, tell me how far the rightmost pallet is from the leftmost '
        'buffer.',
        'rightmost pallet[0 1]; leftmost buffer[2 3]',
    ),
    (
        f'What is the distance of the leftmost pallet in {M} {M} from the rightmost buffer area in {M} {M}?',
        'leftmost pallet[0 1]; rightmost buffer[2 3]',
    ),
    (f'could you tell me how close the pallet {M} is to the pallet {M}', 'pallet[0]; pallet[1]'),
    (
        f'What is the straight-line distance between the transporter {M} and the leftmost buffer zone within {M} {M}?',
        'transporter[0]; leftmost buffer[1 2]',
    ),
    (f'How much distance separates the pallet {M} and the pallet {M}?', 'pallet[0]; pallet[1]'),
]
