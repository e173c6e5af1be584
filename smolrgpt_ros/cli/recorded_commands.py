# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Commands about recordings and the running node, with their options."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from smolrgpt_ros.cli.problem import Problem
from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS

if TYPE_CHECKING:
    from smolrgpt_ros.cli.ask_recording import Recording

At = Annotated[
    str,
    typer.Option(
        metavar='SECONDS',
        help='When in the recording: from its start, or a stamp. Left out: its first set.',
    ),
]
ImageTopic = Annotated[
    str, typer.Option(help='Colour; its /compressed is taken where only that was recorded.')
]
DepthTopic = Annotated[str, typer.Option(help='Depth aligned to colour; or its /compressedDepth.')]
CameraInfoTopic = Annotated[str, typer.Option(help='camera_info of the colour camera.')]
DetectionsTopic = Annotated[str, typer.Option(help='vision_msgs/Detection2DArray.')]
MaskTopic = Annotated[str, typer.Option(help='Mask picture; by default none is used.')]
TargetFrame = Annotated[
    str | None,
    typer.Option(
        help="Frame of positions; '': the camera's. Left out: map where the recording has TF."
    ),
]
GravityFrame = Annotated[
    str | None, typer.Option(help='Frame whose z points up. Left out: map where there is TF.')
]
ViewerFrame = Annotated[
    str | None,
    typer.Option(help="What 'me' is. Left out: base_link where there is TF, else the camera."),
]
Params = Annotated[
    list[str] | None,
    typer.Option(
        metavar='NAME=VALUE', help='A parameter of the node, as sync.slop=0.05; may be repeated.'
    ),
]


def require_rosbags() -> None:
    """Raise Problem where the library that reads recordings is not installed."""
    if importlib.util.find_spec('rosbags') is None:
        raise Problem('recordings need the library rosbags; pip install rosbags')


def recording_of(
    path: Path,
    at: str,
    *,
    topics: tuple[str, str, str, str, str],
    frames: tuple[str | None, str | None, str | None],
    params: list[str] | None,
) -> Recording:
    """What is asked about. Raises Problem.

    Args:
        topics: image, depth, camera_info, detections, mask.
        frames: target, gravity, viewer.
    """
    require_rosbags()
    from smolrgpt_ros.cli.ask_recording import Recording
    from smolrgpt_ros.cli.recorded_options import settings_of
    from smolrgpt_ros.recorded.topics import Topics

    return Recording(path, at, Topics(*topics), settings_of(params or []), frames)


def replay(
    recordings: Annotated[
        list[Path], typer.Argument(metavar='BAG...', help='rosbag2 folders, .mcap or .db3 files.')
    ],
    questions: Annotated[
        Path,
        typer.Option(
            help='One question a line, after its time if it has one: \\[12.3], \\[10:20] or '
            '\\[10:20:0.5], seconds from the start; # begins a comment.'
        ),
    ],
    out: Annotated[
        Path, typer.Option(help='JSON lines; what is there already is kept and not asked again.')
    ],
    every: Annotated[
        float, typer.Option(min=0.001, help='Seconds from asking to asking, without a step.')
    ] = 1.0,
    engine: Annotated[
        str, typer.Option('--engine', help='geometric, smolrgpt, tinygiant or verified.')
    ] = 'geometric',
    checkpoint: Annotated[str, typer.Option(help='Folder of a network.')] = '',
    device: Annotated[str, typer.Option(help='Where a network runs.')] = 'auto',
    dtype: Annotated[str, typer.Option(help="A network's numbers.")] = 'auto',
    decode: Annotated[str, typer.Option(help='generate or score.')] = 'generate',
    with_ray: Annotated[
        bool, typer.Option('--ray', help='Several recordings at once, with Ray Data.')
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help='Recordings at once with --ray; as many as cores.')
    ] = None,
    image_topic: ImageTopic = CAMERA_TOPICS['image'],
    depth_topic: DepthTopic = CAMERA_TOPICS['depth'],
    camera_info_topic: CameraInfoTopic = CAMERA_TOPICS['camera_info'],
    detections_topic: DetectionsTopic = CAMERA_TOPICS['detections'],
    mask_topic: MaskTopic = '',
    target_frame: TargetFrame = None,
    gravity_frame: GravityFrame = None,
    viewer_frame: ViewerFrame = None,
    param: Params = None,
) -> None:
    """Ask a file of questions all through recordings; answers as JSON lines."""
    require_rosbags()
    from smolrgpt_ros.cli.recorded_options import settings_of
    from smolrgpt_ros.cli.replay import Archive, replay_recordings
    from smolrgpt_ros.reasoning.registry import EngineOptions
    from smolrgpt_ros.recorded.replay import Plan
    from smolrgpt_ros.recorded.topics import Topics

    topics = Topics(image_topic, depth_topic, camera_info_topic, detections_topic, mask_topic)
    settings = settings_of(param or [])
    options = EngineOptions(checkpoint=checkpoint, device=device, dtype=dtype, decode=decode)
    replay_recordings(
        Archive(tuple(recordings), questions, out, with_ray, workers),
        lambda askings: Plan(
            askings,
            topics,
            settings,
            (target_frame, gravity_frame, viewer_frame),
            engine,
            options,
            every,
        ),
    )


def film(
    out: Annotated[
        Path, typer.Argument(help='Folder to write, or a file that ends in .mcap or .db3.')
    ],
    seconds: Annotated[float, typer.Option(min=0.1, max=3600, help='Length.')] = 10.0,
    rate: Annotated[float, typer.Option(min=0.1, max=60, help='Frames a second.')] = 10.0,
    drive: Annotated[
        float, typer.Option(min=0, max=20, help='How far the camera drives ahead, metres.')
    ] = 2.0,
    frames: Annotated[
        int, typer.Option(min=1, max=1000, help='Different frames; shown there and back.')
    ] = 12,
    seed: Annotated[int, typer.Option(min=0, help='Which warehouse.')] = 1,
    viewpoint: Annotated[str, typer.Option(help='high or robot.')] = 'robot',
    noise: Annotated[
        bool, typer.Option('--noise', help='Depth and boxes of a real camera and detector.')
    ] = False,
    size: Annotated[str, typer.Option(metavar='WxH', help='Pixels of the pictures.')] = '640x480',
    storage: Annotated[str, typer.Option(help='mcap or sqlite3; by default by the name.')] = '',
    compression: Annotated[
        str, typer.Option(help='none, message, file, or chunk (mcap only).')
    ] = 'none',
    mask: Annotated[bool, typer.Option('--mask', help='Record the instance mask.')] = False,
    transforms: Annotated[bool, typer.Option('--tf/--no-tf', help='Record TF.')] = True,
) -> None:
    """Film the synthetic warehouse into a recording (rosbag2), to try ask --bag and replay."""
    require_rosbags()
    from smolrgpt_ros.cli.filming_command import film_recording
    from smolrgpt_ros.cli.synthesis_command import size_px_of
    from smolrgpt_ros.recorded.writing import Shooting
    from smolrgpt_ros.warehouse.filming import Film

    film_recording(
        out,
        Film(
            seed=seed,
            viewpoint=viewpoint,
            noise=noise,
            size_px=size_px_of(size),
            drive_m=drive,
            length=frames,
        ),
        Shooting(seconds, rate, storage, compression, mask, transforms),
    )


def watch(
    context: typer.Context,
    node: Annotated[str, typer.Option(help='Name of the node, with its namespace.')] = (
        '/spatial_query'
    ),
    once: Annotated[
        bool, typer.Option('--once', help='Print one report and end; exit code 1 without a node.')
    ] = False,
    timeout: Annotated[
        float, typer.Option(min=0.1, help='Seconds that --once waits for the node.')
    ] = 5.0,
    svg: Annotated[
        Path | None, typer.Option(help='With --once: save the view as a picture as well.')
    ] = None,
) -> None:
    """Watch the running node: rates, losses with their reasons, latencies, last answers."""
    from smolrgpt_ros.cli.watching import watch_node

    watch_node(node=node, once=once, timeout_s=timeout, svg=svg, ros_arguments=context.args)
