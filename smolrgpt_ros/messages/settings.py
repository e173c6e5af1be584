# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Every parameter of the node, described in one place; the README's table is generated from it."""

from __future__ import annotations

from dataclasses import dataclass, field, make_dataclass
from typing import TYPE_CHECKING, Any

from smolrgpt_ros.language.parsing import LONGEST_QUESTION
from smolrgpt_ros.reasoning.registry import ENGINE_NAMES

AT_ANY_TIME = 'at any time'
AT_CONFIGURE = 'at configure'
AT_START = 'at start'


@dataclass(frozen=True)
class ParameterSpec:
    """One parameter.

    Attributes:
        range: lowest and highest value allowed, None for texts and switches.
        choices: the values allowed, () for any.
        applies: when a new value takes effect.
        read_only: True where the value is fixed once the node has started.
    """

    name: str
    default: Any
    description: str
    range: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()
    applies: str = AT_ANY_TIME
    read_only: bool = False

    @property
    def attribute(self) -> str:
        """Name of the field of `Settings`."""
        return self.name.replace('.', '_')


INPUTS = ('image', 'depth', 'camera_info', 'detections', 'mask', 'depth_camera_info')
"""Topics the node subscribes to, by the names that launch files remap."""


def _quality_of_service(topic: str) -> tuple[ParameterSpec, ParameterSpec]:
    return (
        ParameterSpec(
            f'qos.{topic}.reliability',
            'best_effort',
            f'Reliability asked of the publisher of {topic}. best_effort hears every publisher, '
            'reliable '
            'only a reliable one.',
            choices=('best_effort', 'reliable'),
            applies=AT_CONFIGURE,
        ),
        ParameterSpec(
            f'qos.{topic}.depth',
            5,
            f'Messages of {topic} that the middleware keeps until the node takes them.',
            range=(1, 1000),
            applies=AT_CONFIGURE,
        ),
    )


SPECS: tuple[ParameterSpec, ...] = (
    ParameterSpec(
        'autostart_node',
        False,
        'Configure and activate the node as soon as its process has started, and each time that '
        'the process is started again.',
        read_only=True,
        applies=AT_START,
    ),
    ParameterSpec(
        'engine',
        '',
        "Engine for questions that name none. '': verified where checkpoint names a network, else "
        'geometric.',
        choices=('', *ENGINE_NAMES),
    ),
    ParameterSpec(
        'checkpoint',
        '',
        "Folder of the network of a neural engine, as 'smolrgpt train' and 'pack' write it; empty: "
        'the small one that comes with the package. '
        'It is loaded at configure where engine means it, else at the first question for it. '
        'A folder that is not there, or lies outside of checkpoint_root, is refused; weights are '
        'read from safetensors alone.',
        applies=AT_CONFIGURE,
    ),
    ParameterSpec(
        'checkpoint_root',
        '',
        'Folder that checkpoint and everything in it must lie in, links and .. followed; a '
        'relative checkpoint is looked for there. Empty: anywhere. Fixed once the node has '
        'started.',
        read_only=True,
        applies=AT_START,
    ),
    ParameterSpec(
        'device',
        'auto',
        "Where a network runs: 'auto', 'cpu', 'cuda', 'cuda:1'.",
        applies=AT_CONFIGURE,
    ),
    ParameterSpec(
        'dtype',
        'auto',
        'Type of the weights of a network. auto: int8 from a folder packed so, else bfloat16 on '
        'CUDA and float32 on a CPU. int8 is the fastest on a CPU, float16 the most exact of the '
        'small ones.',
        choices=('auto', 'float32', 'bfloat16', 'float16', 'int8'),
        applies=AT_CONFIGURE,
    ),
    ParameterSpec(
        'decode',
        'generate',
        'How a network answers. generate: it writes a sentence. score: of a closed question (left '
        'or right, '
        'which one, how many) it weighs the possible answers against each other, which is several '
        'times faster.',
        choices=('generate', 'score'),
        applies=AT_CONFIGURE,
    ),
    ParameterSpec(
        'target_frame',
        '',
        "Frame of the positions in answers that ask for none, for example 'map'; empty: the "
        "camera's "
        'optical frame, which needs no TF.',
    ),
    ParameterSpec(
        'gravity_frame',
        '',
        "Frame whose z axis points up (for example 'map' or 'base_link'), used to tell the "
        'floor; empty: '
        'the floor is found in the picture alone.',
    ),
    ParameterSpec(
        'viewer_frame',
        '',
        "Frame that 'me' and 'the robot' mean, for example 'base_link'; empty: the camera.",
    ),
    ParameterSpec(
        'max_age',
        1.0,
        'Oldest picture answered from, seconds, for questions that say nothing.',
        range=(0.001, 3600.0),
    ),
    ParameterSpec(
        'timeout',
        5.0,
        'Longest wait for an answer, seconds, for questions that say nothing.',
        range=(0.001, 3600.0),
    ),
    ParameterSpec(
        'tf_timeout',
        0.1,
        "Longest wait for TF at the picture's stamp, seconds.",
        range=(0.0, 10.0),
    ),
    ParameterSpec(
        'question_queue',
        16,
        'Questions that may wait for their answer; more get BUSY. From then on until 0.4 s have '
        'passed without one too many, an eighth of them may.',
        range=(1, 1000),
    ),
    ParameterSpec(
        'question_rate',
        0.0,
        'Questions a second that are taken, from all askers together; more get BUSY. Those of one '
        'second (at least one) may come at once. 0: as many as come.',
        range=(0.0, 10_000.0),
    ),
    ParameterSpec(
        'question_length',
        LONGEST_QUESTION,
        'Longest question, and longest id or name in a request, characters; what is longer gets '
        'NOT_UNDERSTOOD.',
        range=(1, LONGEST_QUESTION),
    ),
    ParameterSpec(
        'question_ids',
        100,
        'Most object_ids of a question; more get NOT_UNDERSTOOD.',
        range=(1, 1000),
    ),
    ParameterSpec(
        'sync.slop',
        0.02,
        'Largest difference between the stamps of one matched set, seconds. Less than one '
        'period of the camera, '
        'or a lost picture lets its depth be matched with the next one; 0 never matches.',
        range=(0.0001, 10.0),
        applies=AT_CONFIGURE,
    ),
    ParameterSpec(
        'sync.queue',
        10,
        'Messages of each input kept for matching. It must cover the detector: latency times '
        'frame rate, plus '
        'one. Each costs the memory of a picture.',
        range=(1, 1000),
        applies=AT_CONFIGURE,
    ),
    ParameterSpec(
        'poll_rate',
        50.0,
        'How often arrived messages are taken from the middleware, 1/s. A question takes them '
        'at once, so '
        'this costs no freshness; it must be above the frame rate divided by the depth of the '
        'topics.',
        range=(1.0, 1000.0),
        applies=AT_CONFIGURE,
    ),
    ParameterSpec(
        'rectified',
        'auto',
        "Whether the picture is rectified (camera_info's P holds) or raw (its K and D hold). "
        "auto: by 'rect' "
        "in the image topic's name.",
        choices=('auto', 'yes', 'no'),
        applies=AT_CONFIGURE,
    ),
    ParameterSpec(
        'compressed',
        False,
        'Take sensor_msgs/CompressedImage (JPEG or PNG) on image.',
        applies=AT_CONFIGURE,
    ),
    ParameterSpec(
        'use_mask', False, 'Subscribe to mask and cut objects out by it.', applies=AT_CONFIGURE
    ),
    ParameterSpec(
        'mask_values',
        'instance',
        'What a pixel of mask means. instance: k is the detection at position k - 1 of the '
        'detections, 0 none. '
        'label: a class or any other value; the commonest one inside a box, other than 0, is '
        'its object.',
        choices=('instance', 'label'),
    ),
    ParameterSpec(
        'use_depth_camera_info',
        False,
        "Subscribe to depth_camera_info, the depth camera's own, for depth that is not aligned "
        'to colour.',
        applies=AT_CONFIGURE,
    ),
    ParameterSpec(
        'tracking.enabled',
        True,
        'Follow objects from picture to picture, so that each keeps its id: hidden, out of view, '
        'numbered anew by the detector, or across deactivate and activate. false: ids are the '
        "detector's, or count from left to right in each picture.",
        applies=AT_CONFIGURE,
    ),
    ParameterSpec(
        'tracking.frame',
        '',
        "Frame that does not move with the robot, in which objects are followed; empty: 'odom', "
        "else 'map', else 'world', whichever TF connects with the camera first. Where TF knows "
        'none, objects are followed in the picture alone.',
        applies=AT_CONFIGURE,
    ),
    ParameterSpec(
        'tracking.keep',
        60.0,
        'How long an object that is not seen keeps its id, seconds.',
        range=(0.1, 3600.0),
        applies=AT_CONFIGURE,
    ),
    ParameterSpec(
        'tracking.rate',
        2.0,
        'How often objects are followed between questions, 1/s; 0: only in the pictures that are '
        'asked about. Skipped while a question is being answered.',
        range=(0.0, 100.0),
        applies=AT_CONFIGURE,
    ),
    ParameterSpec(
        'memory.keep',
        0.0,
        'How long after its last sighting a question may still be about an object, seconds, for '
        'questions whose max_age says nothing; the answer says how old the sighting is. 0: only '
        'what the picture shows.',
        range=(0.0, 3600.0),
        applies=AT_CONFIGURE,
    ),
    ParameterSpec(
        'pick.standoff',
        0.9,
        "Distance of a pick target's pose from the object's side, to the centre of the robot's "
        'base, metres, for requests that say nothing.',
        range=(0.05, 20.0),
    ),
    ParameterSpec(
        'pick.robot_width',
        0.8,
        'Width of the floor that a pick target needs, metres, for requests that say nothing.',
        range=(0.05, 20.0),
    ),
    ParameterSpec(
        'pick.robot_length',
        1.2,
        'Length of the robot around the centre of its base, metres, for requests that say nothing.',
        range=(0.05, 20.0),
    ),
    ParameterSpec(
        'stale_after',
        1.0,
        'Silence after which diagnostics call an input stale, seconds.',
        range=(0.01, 3600.0),
    ),
    ParameterSpec(
        'diagnostics.period',
        1.0,
        'Time from one report on /diagnostics to the next, seconds, by a clock that never jumps.',
        range=(0.05, 60.0),
    ),
    *(spec for topic in INPUTS for spec in _quality_of_service(topic)),
)
"""All parameters, in the order of the README."""

if TYPE_CHECKING:
    # What make_dataclass builds below from SPECS: one attribute a parameter, dots become
    # underscores.
    @dataclass(frozen=True)
    class Settings:
        """The node's parameters at one moment."""

        def __getattr__(self, name: str) -> Any: ...
else:
    Settings = make_dataclass(
        'Settings',
        [(spec.attribute, type(spec.default), field(default=spec.default)) for spec in SPECS],
        frozen=True,
        namespace={
            '__doc__': "The node's parameters at one moment; dots in names become underscores."
        },
    )
