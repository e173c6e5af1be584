# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: E501 - a row of a table is one line
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

# A second batch, written after the parser and with the whole meaning in the row.
MORE = [
    (
        'mcq',
        f'Between the pallet {M} and the shelf {M}, which one is on the left?',
        '{leftmost} any[0 1]',
    ),
    (
        'mcq',
        f'Which object is positioned further to the right, the pallet {M} or the shelf {M}?',
        '{rightmost} any[0 1]',
    ),
    (
        'mcq',
        f'Between the pallet {M}, the pallet {M}, and the transporter {M}, which one is the leftmost?',
        '{leftmost} any[0 1 2]',
    ),
    (
        'mcq',
        f'Which one of the pallet {M}, the pallet {M}, and the transporter {M} is the rightmost from this viewpoint?',
        '{rightmost} any[0 1 2]',
    ),
    (
        'mcq',
        f'Considering the pallet {M}, the pallet {M} and the shelf {M}, which is closest to the left side?',
        '{leftmost} any[0 1 2]',
    ),
    (
        'mcq',
        f'Looking from this angle, which is the rightmost among the pallet {M}, the pallet {M}, the pallet {M}?',
        '{rightmost} pallet[0 1 2]',
    ),
    (
        'mcq',
        f'Among the pallet {M}, the pallet {M}, and the pallet {M}, which is at the far right?',
        '{rightmost} pallet[0 1 2]',
    ),
    (
        'mcq',
        f'Out of the pallet {M}, the pallet {M}, and the pallet {M}, which one is on the extreme left side?',
        '{leftmost} pallet[0 1 2]',
    ),
    (
        'mcq',
        f"From the image's perspective, which among the pallet {M}, the pallet {M}, and the shelf {M} stands at the leftmost?",
        '{leftmost} any[0 1 2]',
    ),
    (
        'mcq',
        f'Which buffer region among {M} {M} is closest to the shelf on the left among {M} {M}?',
        '{nearest} buffer[0 1]; leftmost shelf[2 3]',
    ),
    (
        'mcq',
        f'Which buffer zone is nearest to the pallet {M} among the buffer zones {M} {M} {M}?',
        '{nearest} buffer[1 2 3]; pallet[0]',
    ),
    (
        'mcq',
        f'Given the buffer zones {M} {M}, what is the closest one to the transporter {M}?',
        '{nearest} buffer[0 1]; transporter[2]',
    ),
    (
        'mcq',
        f'In the buffer zones {M} {M}, which is closest to the transporters {M}?',
        '{nearest} buffer[0 1]; transporter[2]',
    ),
    (
        'mcq',
        f'Which one among the buffer zones {M} {M} is the closest to {M}?',
        '{nearest} buffer[0 1]; any[2]',
    ),
    (
        'mcq',
        f'Among the available pallets {M} {M} {M}, which is best for the transporter {M} to pick up?',
        '{pickup} pallet[0 1 2]; transporter[3]',
    ),
    (
        'mcq',
        f'Which of the pallets {M} {M} {M} is nearest to the empty transporter {M}?',
        '{nearest} pallet[0 1 2]; empty transporter[3]',
    ),
    (
        'mcq',
        f'Given the pallets in {M} {M} and the transporters in {M} {M}, which pallet is the most efficient to be picked up by an empty transporter?',
        '{pickup} pallet[0 1]; empty transporter[2 3]',
    ),
    (
        'mcq',
        f'Identify the pallet in {M} {M} {M} that is most suitable for the transporter at {M}.',
        '{pickup} pallet[0 1 2]; transporter[3]',
    ),
    (
        'mcq',
        f'Which pallet should be picked up by the transporter {M} among the pallets {M} {M}?',
        '{pickup} pallet[1 2]; transporter[0]',
    ),
    (
        'mcq',
        f'For the transporter {M}, which pallet among {M} {M} {M} is the optimal choice to pick up?',
        '{pickup} pallet[1 2 3]; transporter[0]',
    ),
    (
        'mcq',
        f'With the transporter {M} in mind, which of {M} {M} {M} is the best pallet to collect?',
        '{pickup} pallet[1 2 3]; transporter[0]',
    ),
    (
        'mcq',
        f'Which pallet out of {M} {M} is most convenient for retrieval by the empty transporter at {M}?',
        '{pickup} pallet[0 1]; empty transporter[2]',
    ),
    (
        'mcq',
        f'Considering the available pallets {M} {M} and transporters {M} {M}, which pallet is the most suitable for an empty transporter to automatically pick up?',
        '{pickup} pallet[0 1]; empty transporter[2 3]',
    ),
    (
        'mcq',
        f'Given the positions of the pallets {M} {M}, which one is optimal for autonomous pickup by {M}?',
        '{pickup} pallet[0 1]; transporter[2]',
    ),
    (
        'count',
        f'How many pallets are located within the leftmost buffer region in {M} {M} considering the pallets {M} {M} {M}?',
        'pallet[2 3 4]; leftmost buffer[0 1]',
    ),
    (
        'count',
        f'Using the buffer masks {M} {M} and pallet masks {M} {M}, count how many pallets are inside the leftmost buffer area.',
        'pallet[2 3]; leftmost buffer[0 1]',
    ),
    (
        'count',
        f'In the rightmost buffer area, how many pallets are present based on the buffer masks {M} {M} and pallet masks {M}?',
        'pallet[2]; rightmost buffer[0 1]',
    ),
    (
        'count',
        f'What is the number of pallets in the buffer zone nearest to the shelf on the left among {M} {M}, given the buffer masks {M} {M} and pallet masks {M} {M}?',
        'pallet[4 5]; buffer[2 3]~closest_to(leftmost shelf[0 1])',
    ),
    (
        'count',
        f'Given the buffer regions {M} {M} and the pallets {M}, how many pallets are there in the buffer region closest to the shelves on the left among {M} {M}?',
        'pallet[2]; buffer[0 1]~closest_to(leftmost shelf[3 4])',
    ),
    (
        'count',
        f'Considering the buffer regions {M} {M} and the pallets {M} {M}, how many pallets are there in total in the buffer region on the left?',
        'pallet[2 3]; leftmost buffer[0 1]',
    ),
    (
        'count',
        f'Can you determine how many pallets are inside the buffer {M}, using pallet masks {M} {M}?',
        'pallet[1 2]; buffer[0]',
    ),
    (
        'count',
        f'How many of the pallets {M} {M} are inside the buffer region {M}?',
        'pallet[0 1]; buffer[2]',
    ),
    (
        'count',
        f'From the pallets {M} {M}, how many are in the leftmost buffer region among {M} {M}?',
        'pallet[0 1]; leftmost buffer[2 3]',
    ),
    (
        'count',
        f'Tell me how many pallets are in the right buffer area, given buffer areas {M} {M} and pallets {M}.',
        'pallet[2]; rightmost buffer[0 1]',
    ),
    (
        'count',
        f'Among the pallets {M} {M}, how many pallets are stored in the buffer zone {M}?',
        'pallet[0 1]; buffer[2]',
    ),
    (
        'distance',
        f'What is the distance between the leftmost pallet in {M} {M} and the shelf {M}?',
        'leftmost pallet[0 1]; shelf[2]',
    ),
    ('distance', f'How far away is the pallet {M} from the shelf {M}?', 'pallet[0]; shelf[1]'),
    (
        'distance',
        f'What is the distance from the transporter {M} to the nearest pallet among {M} {M} {M}?',
        'transporter[0]; pallet[1 2 3]~closest_to(transporter[0])',
    ),
    (
        'distance',
        f'What is the spatial gap between the pallet {M} and the pallet {M}?',
        'pallet[0]; pallet[1]',
    ),
    (
        'distance',
        f'Can you tell me how far the leftmost pallet is from the rightmost buffer among pallets {M} {M} and buffers {M} {M}?',
        'leftmost pallet[0 1]; rightmost buffer[2 3]',
    ),
    (
        'distance',
        f'Could you measure how far apart the pallet {M} and the transporter {M} are?',
        'pallet[0]; transporter[1]',
    ),
    (
        'distance',
        f'Among the pallets {M} {M} and the buffer regions {M} {M}, what is the distance of the leftmost pallet from the leftmost buffer region?',
        'leftmost pallet[0 1]; leftmost buffer[2 3]',
    ),
    (
        'distance',
        f"What's the measured distance of the pallet {M} to the buffer zone on the right among {M} {M}?",
        'pallet[0]; rightmost buffer[1 2]',
    ),
    (
        'distance',
        f'In meters, how far is the pallet {M} from the transporter {M}?',
        'pallet[0]; transporter[1]',
    ),
    ('distance', f'How far apart are {M} and {M}?', 'any[0]; any[1]'),
    ('distance', f'How far apart are the pallets {M} and {M}?', 'pallet[0]; pallet[1]'),
    ('distance', f'How far apart are the two pallets {M} {M}?', 'pallet[0]; pallet[1]'),
    (
        'distance',
        f'How far is the leftmost of the pallets {M} {M} {M} from the transporter {M}?',
        'leftmost pallet[0 1 2]; transporter[3]',
    ),
    (
        'distance',
        f'Tell me the distance between the shelf on the left and the leftmost pallet among the shelves {M} {M} and pallets {M} {M}.',
        'leftmost shelf[0 1]; leftmost pallet[2 3]',
    ),
    (
        'distance',
        f'How wide is the gap between the pallet {M} and the shelf {M}?',
        'pallet[0]; shelf[1]',
    ),
    (
        'distance',
        f'Among the buffer regions {M} {M} and pallet masks {M} {M}, give me the distance from the rightmost pallet to the left buffer region.',
        'rightmost pallet[2 3]; leftmost buffer[0 1]',
    ),
    (
        'left_right',
        f'From your perspective, is the pallet {M} on the left of the pallet {M}?',
        'pallet[0]; pallet[1]',
    ),
    (
        'left_right',
        f'Can you confirm if the pallet {M} is on the left of the shelf {M}?',
        'pallet[0]; shelf[1]',
    ),
    (
        'left_right',
        f"Is the pallet {M} to the left of the transporter {M} from the viewer's perspective?",
        'pallet[0]; transporter[1]',
    ),
    (
        'left_right',
        f'From this viewpoint, is the pallet {M} on the right of the shelf {M}?',
        'pallet[0]; shelf[1]',
    ),
    (
        'left_right',
        f'Does the pallet {M} come to the left of the shelf {M} when looking from this angle?',
        'pallet[0]; shelf[1]',
    ),
    (
        'left_right',
        f'Can you determine if the pallet {M} is on the left side relative to the shelf {M}?',
        'pallet[0]; shelf[1]',
    ),
    (
        'left_right',
        f'Based on the current viewing angle, is the shelf {M} to the left or right of the pallet {M}?',
        'shelf[0]; pallet[1]',
    ),
    (
        'left_right',
        f'Would you confirm that the pallet {M} is located left of the buffer region {M}?',
        'pallet[0]; buffer[1]',
    ),
]
