# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which topics of a recording are picture, depth, camera_info and detections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS
from smolrgpt_ros.recorded.bag import Bag, BagError
from smolrgpt_ros.recorded.message_types import (
    CAMERA_INFO,
    COMPRESSED_IMAGE,
    DETECTIONS,
    IMAGE,
    TF_MESSAGE,
)

TF, TF_STATIC = '/tf', '/tf_static'
_PICTURES = (IMAGE, COMPRESSED_IMAGE)
_EXPECTED: Mapping[str, tuple[str, ...]] = {
    'image': _PICTURES,
    'depth': _PICTURES,
    'camera_info': (CAMERA_INFO,),
    'detections': (DETECTIONS,),
    'mask': (IMAGE,),
    'depth_camera_info': (CAMERA_INFO,),
}
# Where only image_transport's compressed topic was recorded, beside the name that it hangs on.
_COMPRESSED: Mapping[str, str] = {'image': '/compressed', 'depth': '/compressedDepth'}
_MOST_LISTED = 30


@dataclass(frozen=True)
class Topics:
    """Names of the node's inputs in a recording; '' for those that it is to do without."""

    image: str = CAMERA_TOPICS['image']
    depth: str = CAMERA_TOPICS['depth']
    camera_info: str = CAMERA_TOPICS['camera_info']
    detections: str = CAMERA_TOPICS['detections']
    mask: str = ''
    depth_camera_info: str = ''


def inputs_of(bag: Bag, topics: Topics) -> dict[str, str]:
    """Name of the input by name of the topic, of all that are wanted.

    Raises:
        BagError: a topic is not in the recording, or of a type that cannot be read.
    """
    found: dict[str, str] = {}
    missing: list[str] = []
    for name in _EXPECTED:
        wanted = getattr(topics, name)
        if not wanted:
            continue
        topic = wanted if wanted in bag.topics else wanted + _COMPRESSED.get(name, '')
        if topic not in bag.topics:
            missing.append(f'{wanted} ({name})')
            continue
        _check_type(bag, topic, name)
        if topic in found:
            raise BagError(f'{topic} is named for {found[topic]} and for {name}; name two topics')
        found[topic] = name
    if missing:
        raise BagError(
            f'the recording {bag.path} has no topic {", ".join(missing)}; it has {listed(bag)}. '
            'Name them with --image-topic, --depth-topic, --camera-info-topic, --detections-topic'
        )
    return found


def has_transforms(bag: Bag) -> bool:
    """Whether TF was recorded."""
    return any(bag.topics[name].count for name in (TF, TF_STATIC) if name in bag.topics)


def listed(bag: Bag) -> str:
    """The topics of a recording with type and number of messages, in words."""
    entries = [
        f'{name} ({topic.message_type or "several types"}, {topic.count})'
        for name, topic in bag.topics.items()
    ]
    more = f' and {len(entries) - _MOST_LISTED} more' if len(entries) > _MOST_LISTED else ''
    return ', '.join(entries[:_MOST_LISTED]) + more


def check_transforms(bag: Bag) -> None:
    """Raise BagError where /tf or /tf_static hold something else."""
    for name in (TF, TF_STATIC):
        if name in bag.topics and bag.topics[name].message_type != TF_MESSAGE:
            raise BagError(
                f'{name} of {bag.path} is of type {bag.topics[name].message_type}, expected '
                f'{TF_MESSAGE}'
            )


def _check_type(bag: Bag, topic: str, name: str) -> None:
    found = bag.topics[topic].message_type
    if found in _EXPECTED[name]:
        return
    fitting = [
        other for other, entry in bag.topics.items() if entry.message_type in _EXPECTED[name]
    ]
    advice = f'; of that type are {", ".join(fitting)}' if fitting else ''
    raise BagError(
        f'{topic} of {bag.path} is of type {found or "several types"}, {name} needs '
        f'{" or ".join(_EXPECTED[name])}{advice}'
    )
