# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Commands and their options; what they do is imported when called, so that --help is quick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from smolrgpt_ros.cli.problem import BAD_INPUT, Problem
from smolrgpt_ros.cli.recorded_commands import (
    At,
    CameraInfoTopic,
    DepthTopic,
    DetectionsTopic,
    GravityFrame,
    ImageTopic,
    MaskTopic,
    Params,
    TargetFrame,
    ViewerFrame,
    film,
    recording_of,
    replay,
    require_rosbags,
    watch,
)
from smolrgpt_ros.cli.train_command import train
from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS

app = typer.Typer(
    name='smolrgpt',
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode='rich',
    context_settings={'help_option_names': ['-h', '--help']},
    help='Exact answers to spatial questions about RGB, depth and detections.',
)

Json = Annotated[bool, typer.Option('--json', help='Print JSON, one object a line.')]
EngineName = Annotated[
    str, typer.Option('--engine', help='geometric, smolrgpt, tinygiant or verified.')
]
Checkpoint = Annotated[
    str, typer.Option(help='Folder of a network: config.json, model.safetensors, tokenizer.')
]
Device = Annotated[str, typer.Option(help='Where a network runs: auto, cpu, cuda, cuda:1 ...')]
DType = Annotated[
    str, typer.Option(help="A network's numbers: auto, float32, float16, bfloat16 or int8.")
]
Decode = Annotated[
    str,
    typer.Option(help='generate: write a sentence; score: weigh the answers of closed questions.'),
]


@app.command()
def ask(
    questions: Annotated[list[str], typer.Argument(metavar='QUESTION...', help='One or several.')],
    image: Annotated[Path | None, typer.Option(help='Colour picture (PNG, JPEG ...).')] = None,
    detections: Annotated[
        Path | None,
        typer.Option(
            help='JSON: \\[{"id": "die", "class": "die", "box": \\[x0, y0, x1, y1], "score": 1.0}]'
            ', or a record of the warehouse dataset.'
        ),
    ] = None,
    depth: Annotated[
        Path | None,
        typer.Option(
            help='16-bit PNG, or metres as .npy or 32-bit .tiff; registered to the picture.'
        ),
    ] = None,
    camera: Annotated[str, typer.Option(metavar='FX,FY,CX,CY', help='Intrinsics in pixels.')] = '',
    depth_scale: Annotated[
        float, typer.Option(help='Units of a 16-bit depth picture in a metre.')
    ] = 1000.0,
    bag: Annotated[
        Path | None,
        typer.Option(help='Ask about a recording instead: rosbag2 folder, .mcap or .db3.'),
    ] = None,
    at: At = '',
    image_topic: ImageTopic = CAMERA_TOPICS['image'],
    depth_topic: DepthTopic = CAMERA_TOPICS['depth'],
    camera_info_topic: CameraInfoTopic = CAMERA_TOPICS['camera_info'],
    detections_topic: DetectionsTopic = CAMERA_TOPICS['detections'],
    mask_topic: MaskTopic = '',
    target_frame: TargetFrame = None,
    gravity_frame: GravityFrame = None,
    viewer_frame: ViewerFrame = None,
    param: Params = None,
    engine: EngineName = 'geometric',
    checkpoint: Checkpoint = '',
    device: Device = 'auto',
    dtype: DType = 'auto',
    decode: Decode = 'generate',
    overlay: Annotated[
        Path | None,
        typer.Option(help='Save the annotated picture here; several questions are numbered.'),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            help='Save a page with picture, depth, map and what each engine says; several '
            'questions are numbered.'
        ),
    ] = None,
    json_lines: Json = False,
) -> None:
    """Answer questions about one picture, from files or from a recording."""
    from smolrgpt_ros.cli.ask import ask_about_files
    from smolrgpt_ros.reasoning.registry import EngineOptions

    options = EngineOptions(checkpoint=checkpoint, device=device, dtype=dtype, decode=decode)
    if bag is not None:
        require_rosbags()
        from smolrgpt_ros.cli.ask_recording import ask_about_recording

        given = {'--image': image, '--detections': detections, '--depth': depth}
        if named := [name for name, path in given.items() if path is not None]:
            raise Problem(f'--bag brings its own pictures; leave {", ".join(named)} out')
        ask_about_recording(
            questions,
            recording_of(
                bag,
                at,
                topics=(image_topic, depth_topic, camera_info_topic, detections_topic, mask_topic),
                frames=(target_frame, gravity_frame, viewer_frame),
                params=param,
            ),
            engine=engine,
            options=options,
            overlay=overlay,
            html=html,
            json_lines=json_lines,
        )
        return
    if image is None or detections is None:
        raise Problem('ask needs --image and --detections, or a recording with --bag')
    ask_about_files(
        questions,
        image=image,
        depth=depth,
        camera=camera,
        detections=detections,
        depth_scale=depth_scale,
        engine=engine,
        options=options,
        overlay=overlay,
        html=html,
        json_lines=json_lines,
    )


@app.command(name='eval')
def evaluate(
    folder: Annotated[
        Path, typer.Argument(help='Dataset folder, or the file SpatialRGPT-Bench_v1.json.')
    ],
    engine: EngineName = 'geometric',
    split: Annotated[str, typer.Option(help='Which <split>.json; test has no answers.')] = 'val',
    regions: Annotated[
        str, typer.Option(help="masks: the dataset's own; boxes: what a detector gives.")
    ] = 'masks',
    checkpoint: Checkpoint = '',
    device: Device = 'auto',
    dtype: DType = 'auto',
    decode: Decode = 'generate',
    images: Annotated[
        Path | None, typer.Option(help="Folder of SpatialRGPT-Bench's pictures.")
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(help='Score this file of answers (a submission) and ask no engine.'),
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, help='Worker processes; as many as cores by default.')
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help='Only the first so many pictures.')
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(help='Keep what is answered in this file, and go on from what it holds.'),
    ] = None,
    gather_timeout: Annotated[
        float, typer.Option(help='Seconds that rank 0 of torchrun waits for a silent rank.')
    ] = 1800.0,
    submission: Annotated[
        Path | None, typer.Option(help='Write the answers as the benchmark takes them.')
    ] = None,
    gallery: Annotated[
        Path | None, typer.Option(help='Write the failures as an HTML page to look through.')
    ] = None,
    gallery_limit: Annotated[int, typer.Option(min=1, help='Failures on that page.')] = 60,
    mistakes: Annotated[
        Path | None, typer.Option(help='Write every wrong answer to this JSON file.')
    ] = None,
    strict: Annotated[
        bool, typer.Option('--strict', help='Stop at the first malformed record.')
    ] = False,
    json_line: Annotated[
        bool,
        typer.Option('--json', help='The last line is one JSON object with score and accuracies.'),
    ] = False,
) -> None:
    """Score an engine on a benchmark with its own metric (see docs/howto/evaluation.md)."""
    from smolrgpt_ros.cli.evaluation import Request, evaluate_and_report
    from smolrgpt_ros.reasoning.registry import EngineOptions

    evaluate_and_report(
        Request(
            folder,
            engine=engine,
            options=EngineOptions(checkpoint=checkpoint, device=device, dtype=dtype, decode=decode),
            split=split,
            regions=regions,
            images=images,
            answers=answers,
            processes=processes,
            limit=limit,
            strict=strict,
            resume=resume,
            gather_timeout_s=gather_timeout,
            submission=submission,
            gallery=gallery,
            gallery_limit=gallery_limit,
            mistakes=mistakes,
            as_json=json_line,
        )
    )


@app.command()
def synth(
    out: Annotated[
        Path, typer.Argument(help='Folder to write; a split that is there is not replaced.')
    ],
    scenes: Annotated[int, typer.Option(min=1, help='Number of pictures.')] = 200,
    seed: Annotated[int, typer.Option(min=0, help='The same seed gives the same files.')] = 0,
    noise: Annotated[
        bool, typer.Option('--noise', help='Depth, masks and boxes as a stereo camera gives them.')
    ] = False,
    boxes: Annotated[
        bool, typer.Option('--boxes', help='Masks are filled boxes, as a plain detector gives.')
    ] = False,
    held_out: Annotated[
        bool,
        typer.Option('--held-out', help='The fixed split for scoring, of halls nothing trains on.'),
    ] = False,
    size: Annotated[str, typer.Option(metavar='WxH', help='Pixels of the pictures.')] = '640x480',
    viewpoint: Annotated[str, typer.Option(help='high, robot, or mixed: both in turn.')] = 'mixed',
    split: Annotated[str, typer.Option(help='train, val or test (test has no answers).')] = 'val',
    questions: Annotated[int, typer.Option(min=1, help='Of each category a picture.')] = 4,
    processes: Annotated[
        int | None, typer.Option(min=1, help='Worker processes; as many as cores by default.')
    ] = None,
) -> None:
    """Write a dataset of synthetic warehouse pictures in the official layout."""
    from smolrgpt_ros.cli.synthesis_command import synthesise

    synthesise(
        out,
        scenes=scenes,
        seed=seed,
        noise=noise,
        boxes=boxes,
        held_out=held_out,
        size=size,
        viewpoint=viewpoint,
        split=split,
        questions=questions,
        processes=processes,
    )


app.command()(train)
app.command()(replay)
app.command()(film)
app.command(context_settings={'allow_extra_args': True, 'ignore_unknown_options': True})(watch)


@app.command(context_settings={'allow_extra_args': True, 'ignore_unknown_options': True})
def bench(
    context: typer.Context,
    what: Annotated[
        str, typer.Argument(help='ingest, query, model, evaluation ...; further options go to it.')
    ],
) -> None:
    """Measure the running node, or a network (from a checkout; see benchmarks/README.md)."""
    from smolrgpt_ros.cli.benchmarking import run_benchmark

    run_benchmark(what, context.args)


@app.command()
def pack(
    source: Annotated[
        Path,
        typer.Argument(help='Folder of a checkpoint; with --random the folder to write.'),
    ],
    out: Annotated[Path | None, typer.Argument(help='Folder to write.')] = None,
    tokenizer: Annotated[
        Path | None,
        typer.Option(help='tokenizer.json or its folder, where the checkpoint has none.'),
    ] = None,
    int8: Annotated[bool, typer.Option('--int8', help='Store the weights in eight bits.')] = False,
    float16: Annotated[
        bool, typer.Option('--float16', help='Store the weights in sixteen bits.')
    ] = False,
    random: Annotated[
        bool,
        typer.Option('--random', help='Write random weights of full size, to run and time it all.'),
    ] = False,
    seed: Annotated[int, typer.Option(help='Of the random weights.')] = 0,
) -> None:
    """Put weights, configuration and tokenizer into one folder, for a robot without network."""
    from smolrgpt_ros.cli.packing import pack_checkpoint, pack_random_checkpoint

    if random:
        if out is not None or tokenizer is not None or float16:
            raise Problem('pack --random takes the folder to write, --seed and --int8 only')
        pack_random_checkpoint(source, seed, int8=int8)
    elif out is None:
        raise Problem(f'pack needs the folder to write: smolrgpt pack {source} OUT')
    else:
        pack_checkpoint(source, out, tokenizer, int8=int8, float16=float16)


def run() -> None:
    """The entry point: what the user can put right gets a sentence and an exit code."""
    try:
        app()
    except Problem as problem:
        typer.echo(f'smolrgpt: {problem}', err=True)
        sys.exit(problem.exit_code)
    except BrokenPipeError:
        # The reader of a pipe (head, less) has gone; Python would complain once more at its exit.
        sys.stderr.close()
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        sys.exit(130)
