# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: E501 - a row of a table is one line
"""More wordings in the benchmark's style, their meanings written by hand before they were tried."""

from __future__ import annotations

M = '<mask>'

# (text, side asked about, meaning)
LEFT_RIGHT = [
    (f'Identify whether the pallet {M} is left or right of the transporter {M}.', '', 'pallet[0]; transporter[1]'),
    (f'Would you say that the shelf {M} lies to the right of the pallet {M}?', 'right', 'shelf[0]; pallet[1]'),
    (f'Tell me if the transporter {M} is found to the left of the buffer region {M}.', 'left', 'transporter[0]; buffer[1]'),
    (f'As seen from the camera, is the pallet {M} left of the shelf {M}?', 'left', 'pallet[0]; shelf[1]'),
    (f'Relative to the viewer, does the pallet {M} appear on the right side of the transporter {M}?', 'right', 'pallet[0]; transporter[1]'),
    (f'Determine if the buffer region {M} is on the left-hand side of the pallet {M} in this view.', 'left', 'buffer[0]; pallet[1]'),
    (f'With respect to the shelf {M}, is the pallet {M} located on the left or on the right?', '', 'pallet[1]; shelf[0]'),
    (f'Can you see the pallet {M} to the left of the pallet {M}?', 'left', 'pallet[0]; pallet[1]'),
    (f'Does the transporter {M} sit on the right of the shelf {M} as viewed from here?', 'right', 'transporter[0]; shelf[1]'),
    (f'Is it true that the pallet {M} is placed left of the buffer region {M}?', 'left', 'pallet[0]; buffer[1]'),
    (f'On which side of the transporter {M} does the pallet {M} lie?', '', 'pallet[1]; transporter[0]'),
    (f'Viewed from the current angle, is the shelf {M} situated to the left or to the right of the transporter {M}?', '', 'shelf[0]; transporter[1]'),
    (f'Considering the current viewpoint, is the pallet {M} left or right of the pallet {M}?', '', 'pallet[0]; pallet[1]'),
    (f'From where the camera is positioned, does the pallet {M} show up right of the shelf {M}?', 'right', 'pallet[0]; shelf[1]'),
    (f'Is the location of the pallet {M} to the left of the transporter {M}?', 'left', 'pallet[0]; transporter[1]'),
    (f'Could you verify that the buffer region {M} stands to the right of the shelf {M} from this angle?', 'right', 'buffer[0]; shelf[1]'),
    (f"In the observer's view, is the pallet {M} further left than the transporter {M}?", 'left', 'pallet[0]; transporter[1]'),
    (f'To which side of the pallet {M} is the shelf {M} located, left or right?', '', 'shelf[1]; pallet[0]'),
    (f'Does the shelf {M} have the pallet {M} on its left side?', 'left', 'pallet[1]; shelf[0]'),
    (f'From the perspective of the observer, is the transporter {M} on the left or right of the pallet {M}?', '', 'transporter[0]; pallet[1]'),
]  # fmt: skip

MCQ = [
    (f'Identify the leftmost object among the pallet {M}, the shelf {M}, and the transporter {M}.', '{leftmost} any[0 1 2]'),
    (f'Which object is located at the far right of the image: the pallet {M}, the pallet {M}, or the shelf {M}?', '{rightmost} any[0 1 2]'),
    (f'Of the pallet {M}, the transporter {M}, and the buffer region {M}, which is seen the most to the left?', '{leftmost} any[0 1 2]'),
    (f'Between the shelf {M}, the pallet {M}, and the pallet {M}, which appears farthest to the right as seen from the camera?', '{rightmost} any[0 1 2]'),
    (f'Relative to the viewer, which of the pallet {M}, the pallet {M}, and the transporter {M} is on the extreme left?', '{leftmost} any[0 1 2]'),
    (f'Select the pallet from {M} {M} {M} that is easiest to load for the transporter {M}.', '{pickup} pallet[0 1 2]; transporter[3]'),
    (f'Determine which pallet in {M} {M} is the most accessible to the empty transporter at {M}.', '{pickup} pallet[0 1]; empty transporter[2]'),
    (f'Given the pallets {M} {M} {M} and the transporters {M} {M}, which pallet should be fetched by an empty transporter?', '{pickup} pallet[0 1 2]; empty transporter[3 4]'),
    (f'For the transporter {M}, which of the pallets {M} {M} is the most convenient to grab?', '{pickup} pallet[1 2]; transporter[0]'),
    (f'Among the available pallets {M} {M} {M}, which one can the transporter at {M} reach most easily?', '{pickup} pallet[0 1 2]; transporter[3]'),
    (f'Considering the transporters {M} {M} and the pallets {M} {M}, identify the pallet best suited for automated retrieval by an empty transporter.', '{pickup} pallet[2 3]; empty transporter[0 1]'),
    (f'Which pallet out of {M} {M} {M} would be ideal for the transporter in {M} to load next?', '{pickup} pallet[0 1 2]; transporter[3]'),
    (f'Looking at the pallets {M} {M}, which is the best candidate for the empty transporter {M} to collect?', '{pickup} pallet[0 1]; empty transporter[2]'),
    (f'Among the buffer sections {M} {M} {M}, which section is closest in proximity to the shelf {M}?', '{nearest} buffer[0 1 2]; shelf[3]'),
    (f'Identify the buffer space in {M} {M} that lies nearest to the pallet {M}.', '{nearest} buffer[0 1]; pallet[2]'),
    (f'Find the buffer zone from {M} {M} {M} with the shortest distance to the transporter {M}.', '{nearest} buffer[0 1 2]; transporter[3]'),
    (f'Which one of the buffer areas {M} {M} is situated at the closest distance to the shelves on the left among {M} {M}?', '{nearest} buffer[0 1]; leftmost shelf[2 3]'),
    (f'Tell me which buffer region among {M} {M} {M} is nearest to the rightmost shelf in {M} {M}.', '{nearest} buffer[0 1 2]; rightmost shelf[3 4]'),
    (f'Which of the pallet {M}, the shelf {M}, and the transporter {M} is furthest right in the image?', '{rightmost} any[0 1 2]'),
    (f'Which of the pallet {M}, the shelf {M}, and the transporter {M} is furthest left in the image?', '{leftmost} any[0 1 2]'),
    (f'Which of the pallet {M}, the shelf {M}, and the transporter {M} is most to the right in the picture?', '{rightmost} any[0 1 2]'),
    (f'Which of the pallet {M}, the shelf {M}, and the transporter {M} is far right in this scene?', '{rightmost} any[0 1 2]'),
    (f'From leftmostthe given buffer zones {M} {M}, which is closest to the shelf {M}?', '{nearest} buffer[0 1]; shelf[2]'),
    (f'From left the given buffer regions {M} {M}, which one is nearest to {M}?', '{nearest} buffer[0 1]; any[2]'),
    (f'In {M} {M}, which buffer zone is the one closest to {M}?', '{nearest} buffer[0 1]; any[2]'),
    (f'From rightmostthe given buffer zones {M} {M}, which one lies closest to the pallet {M}?', '{nearest} buffer[0 1]; pallet[2]'),
]  # fmt: skip

COUNT = [
    (f'Determine the number of pallets residing in the leftmost buffer section, using buffer masks {M} {M} and pallet masks {M} {M}.', 'pallet[2 3]; leftmost buffer[0 1]'),
    (f'How many pallets occupy the rightmost buffer space given the buffer masks {M} {M} and pallet masks {M} {M}?', 'pallet[2 3]; rightmost buffer[0 1]'),
    (f'Identify how many pallets are contained within the middle buffer zone from the buffer masks {M} {M} {M} and pallet masks {M} {M}.', 'pallet[3 4]; middle buffer[0 1 2]'),
    (f'Given the buffer masks {M} {M} and pallet masks {M} {M}, find the number of pallets stored in the left buffer area.', 'pallet[2 3]; leftmost buffer[0 1]'),
    (f'Tell me the total number of pallets inside the buffer zone on the right, considering the buffers {M} {M} and the pallets {M} {M} {M}.', 'pallet[2 3 4]; rightmost buffer[0 1]'),
    (f'Considering the pallets {M} {M} {M} and the buffer regions {M} {M}, how many pallets has the leftmost buffer region?', 'pallet[0 1 2]; leftmost buffer[3 4]'),
    (f'How many of the given pallets {M} {M} {M} are stored inside the right buffer zone of {M} {M}?', 'pallet[0 1 2]; rightmost buffer[3 4]'),
    (f'Using the buffer masks {M} {M} and pallet masks {M} {M}, estimate the count of pallets residing within the rightmost buffer section.', 'pallet[2 3]; rightmost buffer[0 1]'),
    (f'Given the buffer regions {M} {M} {M} and the pallets {M} {M}, how many pallets reside in the buffer region that is closest to the shelf {M}?', 'pallet[3 4]; buffer[0 1 2]~closest_to(shelf[5])'),
    (f'What is the total count of pallets occupying the buffer region nearest to the shelf on the right among {M} {M}, given buffer masks {M} {M} and pallet masks {M}?', 'pallet[4]; buffer[2 3]~closest_to(rightmost shelf[0 1])'),
    (f'Can you tell how many pallets the left buffer zone contains, based on the buffer masks {M} {M} and the pallet masks {M} {M}?', 'pallet[2 3]; leftmost buffer[0 1]'),
    (f'Provide the count of pallets located in the center buffer region, given the buffer masks {M} {M} {M} and the pallet masks {M}.', 'pallet[3]; middle buffer[0 1 2]'),
    (f'With the buffer masks {M} {M} and pallet masks {M} {M}, how many pallets lie in the leftmost buffer?', 'pallet[2 3]; leftmost buffer[0 1]'),
    (f'How many pallets does the rightmost buffer area accommodate, given the buffer masks {M} {M} and pallet masks {M} {M}?', 'pallet[2 3]; rightmost buffer[0 1]'),
    (f'From leftthe given buffer masks {M} {M} and pallet masks {M}, how many pallets are stored in the left buffer zone?', 'pallet[2]; leftmost buffer[0 1]'),
    (f'Among the pallet masks {M} {M} and the buffer masks {M} {M}, what is the number of pallets that are in the rightmost buffer?', 'pallet[0 1]; rightmost buffer[2 3]'),
    (f'Calculate how many pallets are sitting in the buffer area closest to the transporter {M}, given buffers {M} {M} and pallets {M} {M}.', 'pallet[3 4]; buffer[1 2]~closest_to(transporter[0])'),
    (f'In total, how many pallets can be counted in the middle buffer region, given the buffer masks {M} {M} {M} and pallet masks {M} {M}?', 'pallet[3 4]; middle buffer[0 1 2]'),
    (f'Based on the masks {M} {M} for the buffers and {M} {M} {M} for the pallets, how many pallets are in the left buffer?', 'pallet[2 3 4]; leftmost buffer[0 1]'),
    (f'Count all the pallets which are placed inside the buffer {M} from the pallet masks {M} {M}.', 'pallet[1 2]; buffer[0]'),
]  # fmt: skip

DISTANCE = [
    (f'Estimate how distant the pallet {M} is from the transporter {M}.', 'pallet[0]; transporter[1]'),
    (f'What is the approximate distance separating the shelf {M} from the pallet {M}?', 'shelf[0]; pallet[1]'),
    (f'Find the distance between the transporter {M} and the rightmost buffer area within {M} {M}.', 'transporter[0]; rightmost buffer[1 2]'),
    (f'Determine how far the pallet {M} lies from the leftmost buffer zone in {M} {M} {M}.', 'pallet[0]; leftmost buffer[1 2 3]'),
    (f'Can you determine the exact distance between the pallet {M} and the pallet {M}?', 'pallet[0]; pallet[1]'),
    (f'What is the spatial distance of the shelf {M} to the right buffer region among {M} {M}?', 'shelf[0]; rightmost buffer[1 2]'),
    (f'Considering the pallets {M} {M} {M}, what is the distance separating the leftmost pallet from the rightmost one?', 'leftmost pallet[0 1 2]; rightmost pallet[0 1 2]'),
    (f'How far is it from the pallet {M} to the transporter {M}?', 'pallet[0]; transporter[1]'),
    (f'Tell me how far away the shelf {M} is from the pallet {M}.', 'shelf[0]; pallet[1]'),
    (f'Given the pallets {M} {M} and the buffer zones {M} {M}, how close is the rightmost pallet to the leftmost buffer zone?', 'rightmost pallet[0 1]; leftmost buffer[2 3]'),
    (f'By how many meters is the pallet {M} separated from the shelf {M}?', 'pallet[0]; shelf[1]'),
    (f'Identify the distance that separates the pallet {M} and the buffer region {M}.', 'pallet[0]; buffer[1]'),
    (f'Among the pallets {M} {M} {M} and the shelf {M}, how far apart are the rightmost pallet and the shelf on the left?', 'rightmost pallet[0 1 2]; leftmost shelf[3]'),
    (f'Please measure the gap from the transporter {M} to the pallet {M}.', 'transporter[0]; pallet[1]'),
    (f'As seen from this viewpoint, what is the distance of the pallet {M} to the transporter {M}?', 'pallet[0]; transporter[1]'),
    (f'What would be the distance between the pallet {M} and the leftmost buffer section in {M} {M}?', 'pallet[0]; leftmost buffer[1 2]'),
    (f'How much space separates the leftmost pallet and the rightmost pallet among the pallets {M} {M} {M}?', 'leftmost pallet[0 1 2]; rightmost pallet[0 1 2]'),
    (f'Provide the measured distance from the shelf {M} to the middle buffer region among {M} {M} {M}.', 'shelf[0]; middle buffer[1 2 3]'),
    (f'Is it possible to measure how close the pallet {M} is to the buffer region {M}?', 'pallet[0]; buffer[1]'),
    (f'At what distance from the shelf {M} is the pallet {M}?', 'shelf[0]; pallet[1]'),
]  # fmt: skip
