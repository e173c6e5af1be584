# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Start both nodes, ask over the service, print answers, save annotated pictures, stop."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from PIL import Image as Picture
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sensor_msgs.msg import Image
from vision_msgs.msg import Detection2DArray

from smolrgpt_ros.distribution import discovery_variables
from smolrgpt_ros.language.question import Category
from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS
from smolrgpt_ros.messages.conversions import seconds_from
from smolrgpt_ros.ros.demo.questions import NothingToAsk, Seen, questions_about
from smolrgpt_ros.ros.own_domain import NoDomainError, keep_own_domain
from smolrgpt_ros.ros.running import (
    CAMERA_NODE,
    QUERY_NODE,
    Client,
    NodeProcess,
    RunningError,
)
from smolrgpt_ros.ros.status import STATUS_NAMES
from smolrgpt_ros.scene.image import image_view
from smolrgpt_ros.srv import SpatialQuery

OUT = Path('demo_out')
START_S = 60.0
PICTURE_S = 10.0


def main() -> int:
    """0 when every question was answered and every picture saved, 1 otherwise."""
    console = Console()
    os.environ.update(discovery_variables())
    try:
        # Two demos, or a robot on the same network, must not answer each other's questions.
        if 'ROS_DOMAIN_ID' not in os.environ:
            keep_own_domain()
        answered = _run(console)
    except (RunningError, NothingToAsk, NoDomainError, OSError) as error:
        console.print(f'demo: {error}', style='red', markup=False, highlight=False)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0 if answered else 1


def _run(console: Console) -> bool:
    console.print('demo: starting the query node and a synthetic warehouse camera ...')
    with (
        NodeProcess(CAMERA_NODE, parameters={'viewpoint': 'high'}) as camera,
        NodeProcess(
            QUERY_NODE, parameters={'target_frame': 'map'}, remappings=CAMERA_TOPICS
        ) as query,
        Client('demo', watch=(camera, query)) as client,
    ):
        client.activate(timeout_s=START_S)
        client.wait_for_frame(START_S)
        asked = questions_about(_detections(client))
        pictures = _Pictures(client)
        console.print('demo: both run; asking over /spatial_query')
        responses = []
        for category, question in asked:
            pictures.clear()
            response, roundtrip_s = _ask(client, question)
            responses.append((question, response, roundtrip_s))
            if response.status == SpatialQuery.Response.OK:
                path = OUT / f'{len(responses)}_{category.value}.png'
                pictures.save(path)
    console.print(_table(responses))
    console.print(f'annotated pictures: {OUT.resolve()}', highlight=False)
    return _all_answered(asked, responses, console)


def _ask(client: Client, question: str) -> tuple[SpatialQuery.Response, float]:
    started = time.perf_counter()
    response = client.ask(question)
    return response, time.perf_counter() - started


def _detections(client: Client) -> list[Seen]:
    """What the camera's detector reports now."""
    messages: list[Detection2DArray] = []
    subscription = client.node.create_subscription(
        Detection2DArray, CAMERA_TOPICS['detections'], messages.append, 1
    )
    client.wait_until(lambda: bool(messages), PICTURE_S, 'detections')
    client.node.destroy_subscription(subscription)
    return [
        Seen(
            detection.id,
            detection.results[0].hypothesis.class_id,
            (detection.bbox.center.position.x, detection.bbox.center.position.y),
        )
        for detection in messages[-1].detections
        if detection.results
    ]


class _Pictures:
    """The annotated pictures that the node publishes on ~/overlay."""

    def __init__(self, client: Client):
        self._client = client
        self._messages: list[Image] = []
        self._subscription = client.node.create_subscription(
            Image, '/spatial_query/overlay', self._messages.append, 1
        )
        client.wait_until(
            lambda: client.node.count_publishers('/spatial_query/overlay') > 0,
            PICTURE_S,
            'the overlay',
        )

    def clear(self) -> None:
        self._messages.clear()

    def save(self, path: Path) -> None:
        self._client.wait_until(lambda: bool(self._messages), PICTURE_S, 'the annotated picture')
        message = self._messages[-1]
        pixels = image_view(
            message.data,
            height=message.height,
            width=message.width,
            encoding=message.encoding,
            step=message.step,
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        Picture.fromarray(pixels).save(path)


def _table(responses: list[tuple[str, SpatialQuery.Response, float]]) -> Table:
    table = Table(show_lines=True)
    for heading in ('question', 'answer', 'ids', 'confidence'):
        table.add_column(heading, overflow='fold')
    table.add_column('latency', justify='right')
    for question, response, roundtrip_s in responses:
        answer = response.answer
        if response.status != SpatialQuery.Response.OK:
            said = Text(f'{STATUS_NAMES[response.status]}: {response.message}', 'red')
            table.add_row(Text(question), said, '', '', f'{1e3 * roundtrip_s:.1f} ms')
            continue
        ids = ', '.join(found.id for found in answer.objects)
        table.add_row(
            Text(question),
            Text(answer.text),
            Text(ids),
            f'{answer.confidence:.0%}',
            f'{1e3 * roundtrip_s:.1f} ms\n(node {1e3 * seconds_from(answer.latency):.1f})',
        )
    return table


def _all_answered(
    asked: list[tuple[Category, str]],
    responses: list[tuple[str, SpatialQuery.Response, float]],
    console: Console,
) -> bool:
    good = sum(response.status == SpatialQuery.Response.OK for _, response, _ in responses)
    console.print(f'{good} of {len(asked)} questions answered', highlight=False)
    return good == len(asked)


if __name__ == '__main__':
    sys.exit(main())
