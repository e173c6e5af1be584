# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The stages of the curriculum: which parts of a network learn, from what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .errors import SettingsError

Model = Literal['smolrgpt', 'tinygiant']

VISION = 'vision'
CONNECTORS = 'connectors'
REFINERS = 'refiners'
LANGUAGE = 'language'
EMBEDDINGS = 'embeddings'
FUSION = 'fusion'


@dataclass(frozen=True)
class Part:
    """A part of a network that is frozen or trained as one.

    `prefixes` start the names of its parameters; `group` says which learning rate is its own.
    """

    name: str
    prefixes: tuple[str, ...]
    group: str


#: The first part whose prefix fits a parameter's name is its own, so the embedding comes first.
SMOLRGPT_PARTS = (
    Part('embeddings', ('decoder.head.',), EMBEDDINGS),
    Part('language', ('decoder.',), LANGUAGE),
    Part('vision', ('vision_encoder.',), VISION),
    Part('rgb_connector', ('rgb_connector.',), CONNECTORS),
    Part('depth_connector', ('depth_connector.',), CONNECTORS),
    Part('rgb_refiner', ('rgb_refiner.',), REFINERS),
    Part('depth_refiner', ('depth_refiner.',), REFINERS),
)

TINYGIANT_PARTS = (
    Part('embeddings', ('decoder.head.',), EMBEDDINGS),
    Part('language', ('decoder.',), LANGUAGE),
    Part('vision', ('rgb_stream.', 'depth_stream.'), VISION),
    Part('fusion', ('fusion.',), FUSION),
    Part('crops', ('crops.',), FUSION),
)


@dataclass(frozen=True)
class Stage:
    """One stage: the model that it teaches, the kind of questions, and the parts that learn.

    `trained` counts where the encoder and the language model come pretrained; `used` are the
    parts that the stage's questions reach at all, which a network without any pretrained part
    trains.
    """

    name: str
    model: Model
    kind: str
    trained: tuple[str, ...]
    used: tuple[str, ...]
    teaches: str


_SPEAKING = ('embeddings', 'language', 'vision', 'rgb_connector')
_REGIONS = ('depth_connector', 'rgb_refiner', 'depth_refiner')

STAGES = {
    stage.name: stage
    for stage in (
        Stage(
            'connector',
            'smolrgpt',
            'caption',
            # The rows of the three extra tokens stay as they are: in their places features of
            # pictures and regions are put in, so that as inputs they are never read, and no answer
            # contains them.
            ('rgb_connector',),
            _SPEAKING,
            'RGB connector: what the picture shows, in words',
        ),
        Stage(
            'refiner',
            'smolrgpt',
            'region',
            ('rgb_connector', *_REGIONS),
            (*_SPEAKING, *_REGIONS),
            'connectors and refiners: regions in colour and depth',
        ),
        Stage(
            'sft',
            'smolrgpt',
            'normalized',
            ('embeddings', 'language', 'rgb_connector', *_REGIONS),
            (*_SPEAKING, *_REGIONS),
            'the warehouse questions, all but the vision encoder',
        ),
        Stage('phase1', 'tinygiant', 'freeform', ('*',), ('*',), 'answers in sentences'),
        Stage('phase2', 'tinygiant', 'normalized', ('*',), ('*',), 'answers in normalized form'),
    )
}


def stage_named(name: str) -> Stage:
    """The stage `name`. Raises `SettingsError` that lists the stages."""
    try:
        return STAGES[name]
    except KeyError:
        raise SettingsError(f'there is no stage {name!r}; stages are {", ".join(STAGES)}') from None


def trained_parts(
    stage: Stage,
    parts: Iterable[Part],
    *,
    from_scratch: bool,
    freeze: Iterable[str] = (),
    unfreeze: Iterable[str] = (),
) -> frozenset[str]:
    """Names of the parts that learn in `stage`, with what the user wants otherwise.

    Raises `SettingsError` for a part that the network has not, or when nothing is left to train.
    """
    known = {part.name for part in parts}
    chosen = stage.used if from_scratch else stage.trained
    trained = set(known if '*' in chosen else known & set(chosen))
    freeze, unfreeze = set(freeze), set(unfreeze)
    unknown = sorted((freeze | unfreeze) - known)
    if unknown:
        raise SettingsError(
            f'the network has no part {unknown[0]!r}; its parts are {", ".join(sorted(known))}'
        )
    if freeze & unfreeze:
        raise SettingsError(f'{sorted(freeze & unfreeze)[0]} is to be frozen and to be trained')
    trained = (trained | unfreeze) - freeze
    if not trained:
        raise SettingsError(f'every part is frozen in stage {stage.name}: nothing can be trained')
    return frozenset(trained)


def part_of(parameter: str, parts: Iterable[Part]) -> Part:
    """The part that the parameter named `parameter` belongs to. Raises `KeyError`."""
    for part in parts:
        if parameter.startswith(part.prefixes):
            return part
    raise KeyError(f'parameter {parameter} belongs to no part of the network')
