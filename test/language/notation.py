# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0

"""Questions and references in a short notation, for tables.

'leftmost buffer[0 1]' is the leftmost of masks 0 and 1, called a buffer; '~closest_to(shelf[2])' a
relation; '{nearest}' a choice; '#pallet_3' an id; 'me' the viewer; 'any' no class; '<>' brackets
several explicit references; a number in front of a superlative an ordinal.
"""

from __future__ import annotations

from smolrgpt_ros.language.question import Question, Reference


def short(reference: Reference) -> str:
    """One reference."""
    if reference.viewer and not reference.class_id:
        return 'me'
    if reference.members:
        return '<' + ', '.join(short(member) for member in reference.members) + '>'
    if reference.object_id:
        return f'#{reference.object_id}'
    words = [
        reference.attribute,
        str(reference.ordinal) if reference.ordinal else '',
        reference.superlative,
        reference.class_id or 'any',
    ]
    text = ' '.join(filter(None, words))
    if reference.masks:
        text += f'[{" ".join(map(str, reference.masks))}]'
    if reference.relation is not None:
        text += f'~{reference.relation.kind}({short(reference.relation.other)})'
    return text


def notation(question: Question) -> str:
    """A whole question, without its category."""
    text = '; '.join(short(reference) for reference in question.references)
    return f'{{{question.choice}}} {text}' if question.choice else text
