# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A request's question, parsed and tied to the objects of a scene."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, Protocol

from smolrgpt_ros.language.answer import QuestionError
from smolrgpt_ros.language.parsing import parse
from smolrgpt_ros.language.question import Question, Reference
from smolrgpt_ros.messages.status import QueryError, Status, status_of

_MOST_NAMED = 20
# A planner asks the same few questions about the same objects again and again.
_REMEMBERED = 128


class Named(Protocol):
    """An object that a question can be about: a region, or one that is remembered."""

    @property
    def id(self) -> str:
        """As `Region.id`."""

    @property
    def class_id(self) -> str:
        """As `Region.class_id`."""


def parsed(text: str, regions: Sequence[Named]) -> Question:
    """The question of a request.

    Raises:
        QueryError: empty, too long, or not understood.
    """
    if not text.strip():
        raise QueryError(
            Status.NOT_UNDERSTOOD,
            "the question is empty; ask for example 'how far is the nearest pallet from me?'",
        )
    try:
        return _parsed_about(
            text,
            tuple([region.id for region in regions]),
            frozenset([region.class_id for region in regions]),
        )
    except QuestionError as error:
        raise QueryError(status_of(error.failure.reason), error.failure.message) from error


def bound(question: Question, object_ids: Sequence[str], regions: Sequence[Named]) -> Question:
    """The question with a region for every `<mask>`, where `object_ids` says which.

    Raises:
        QueryError: another number of ids than `<mask>` tokens, or an id that is not in the picture.
    """
    if not object_ids:
        return question  # found from the words, or refused by them with the candidates
    if question.mask_count != len(object_ids):
        raise QueryError(
            Status.NOT_UNDERSTOOD,
            f'the question has {question.mask_count} <mask> and object_ids has {len(object_ids)} '
            'ids; '
            'give one id for each <mask>, in order, or name the objects in the question',
        )
    index_of = {region.id: index for index, region in enumerate(regions)}
    for object_id in object_ids:
        if object_id not in index_of:
            raise QueryError(
                Status.UNKNOWN_OBJECT,
                f"object_ids names '{object_id}', which is not in the picture; {named(regions)}",
            )
    return replace(question, mask_regions=tuple(index_of[object_id] for object_id in object_ids))


@lru_cache(_REMEMBERED)
def means_viewer(question: Question) -> bool:
    """Whether any reference of the question is the viewer ('me', 'the robot')."""
    return any(reference.viewer for reference in _references(question))


@lru_cache(_REMEMBERED)
def ids_of(question: Question) -> frozenset[str]:
    """Every id that the words of a question name."""
    return frozenset(
        reference.object_id for reference in _references(question) if reference.object_id
    )


def named(regions: Iterable[Named]) -> str:
    """Which objects the picture shows, in words."""
    ids = [region.id for region in regions]
    if not ids:
        return 'the detector sees nothing there'
    more = f' and {len(ids) - _MOST_NAMED} more' if len(ids) > _MOST_NAMED else ''
    return f'it shows {", ".join(ids[:_MOST_NAMED])}{more}'


@lru_cache(_REMEMBERED)
def _parsed_about(text: str, ids: tuple[str, ...], classes: frozenset[str]) -> Question:
    return parse(text, ids, classes)


def _references(node: Any) -> Iterable[Reference]:
    """Every reference of a question, also those that others hang on."""
    if isinstance(node, Reference):
        yield node
    if isinstance(node, tuple):
        for part in node:
            yield from _references(part)
    elif is_dataclass(node):
        for field in fields(node):
            value = getattr(node, field.name)
            if isinstance(value, tuple) or is_dataclass(value):
                yield from _references(value)
