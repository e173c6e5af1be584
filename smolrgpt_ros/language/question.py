# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a question asks for, before anything of it is bound to a scene."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Category(str, Enum):
    """The benchmark's four categories and the four that planners ask for."""

    LEFT_RIGHT = 'left_right'
    MCQ = 'mcq'
    DISTANCE = 'distance'
    COUNT = 'count'
    WHERE = 'where'
    BETWEEN = 'between'
    ROOM = 'room'
    WITHIN = 'within'


@dataclass(frozen=True)
class Relation:
    """How a reference hangs on another: 'the buffer closest to the shelf on the right'.

    Attributes:
        kind: 'in', 'on', 'closest_to', 'furthest_from', 'left_of', 'right_of', 'in_front_of',
            'behind' or 'holding' ('the transporter carrying pallet_3').
        other: what it hangs on.
    """

    kind: str
    other: Reference


@dataclass(frozen=True)
class Reference:
    """Words that mean one or several objects.

    Attributes:
        text: the words themselves.
        class_id: canonical class ('pallet', 'transporter', 'buffer', 'shelf', 'person', or any
            noun as written, singular); '' when the words name none ('object', 'region', 'one').
        masks: positions (from 0) among the question's `<mask>` tokens this reference chooses from,
            in order;
            () when it is not given by masks.
        object_id: explicit id ('pallet_3'), '' otherwise.
        viewer: True for 'me', 'the robot', 'the camera'.
        superlative: 'leftmost', 'rightmost', 'middle', 'nearest', 'furthest', 'largest',
            'smallest' or ''.
        attribute: 'empty', 'loaded' or ''.
        relation: restriction by another reference, or None.
        plural: True where several objects may be meant ('the pallets').
        ordinal: 2 with 'leftmost' for 'the second pallet from the left'; 0 and 1 mean the very
            leftmost.
        noun: the noun as written, singular ('forklift' where class_id is 'transporter'); a region
            whose class has exactly this name is preferred.
        members: several explicit references in one ('pallet_1 or pallet_2'); () otherwise.
    """

    text: str
    class_id: str = ''
    masks: tuple[int, ...] = ()
    object_id: str = ''
    viewer: bool = False
    superlative: str = ''
    attribute: str = ''
    relation: Relation | None = None
    plural: bool = False
    ordinal: int = 0
    noun: str = ''
    members: tuple[Reference, ...] = ()


@dataclass(frozen=True)
class Question:
    """A parsed question.

    Attributes:
        text: as asked.
        category: what kind of answer is wanted.
        references: in the order of their role. LEFT_RIGHT: (subject, landmark). DISTANCE: (a, b).
            MCQ: (the candidates,) or (the candidates, the transporter or landmark). COUNT: (what
                is counted, where)
            or (what is counted,). WHERE: (x,). BETWEEN: (a, b). ROOM: (x,). WITHIN: (centre, what)
            or (centre,).
        choice: MCQ only: 'leftmost', 'rightmost', 'middle', 'nearest', 'furthest', 'largest',
            'smallest' ('nearest'/'furthest' to the second reference, or to the viewer), 'most' or
            'fewest' (of the second reference, in it) or 'pickup' (the pallet an empty transporter
            should take). COUNT: 'empty' or 'loaded' where 'is transporter_1 empty?' is asked.
        side: LEFT_RIGHT: side asked about ('left', 'right', or '' for both); ROOM: 'left',
            'right', 'front', 'behind' or ''.
        width_m: ROOM: how much room is needed.
        radius_m: WITHIN: how far; infinite where a relation alone restricts ('what is left of the
            rack').
        beyond: WITHIN: what is farther than the radius is asked for.
        form: 'yes_no' or 'how_many' where the sentence should open so, '' otherwise; what is
            normalized does not depend on it.
        mask_count: number of `<mask>` tokens in the text.
        mask_regions: scene region of each `<mask>` token, in order; () while unbound.
    """

    text: str
    category: Category
    references: tuple[Reference, ...]
    choice: str = ''
    side: str = ''
    width_m: float | None = None
    radius_m: float | None = None
    beyond: bool = False
    form: str = ''
    mask_count: int = 0
    mask_regions: tuple[int, ...] = ()
