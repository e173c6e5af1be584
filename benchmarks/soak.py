# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node as on a robot for days: frames at 30 Hz, eight clients, faults all the time.

``python -m benchmarks.soak [--minutes 10] [--seed 1] [--size 640x480] [--json]``. The warehouse
camera drives ahead and back and fails in every way of `camera_faults`; eight clients in two
processes ask what `talk` draws; `soak_faults` deactivates and cleans up the node, sets its
parameters, takes goals back and lets visitors come and go. All of it is drawn from the seed.

`soak.lost`: questions without a response. `soak.doubled`: responses to a question that had one,
and answers published twice. `soak.rss_growth`: of the resident memory of the node's process while
it is inactive, from the minutes after the warm-up to the last ones: how many pictures it holds
while it is active changes by more than 1 % of all it holds. Once it has been deactivated, and once
it has been cleaned up and configured, apart; the greater growth counts. `soak.latency_ms`: median
of a good question in the last minute, against the first; "no worse" means within three times the
scatter between neighbouring minutes of the run itself.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.command import concluded
from benchmarks.process_watch import Held, ProcessWatch, between, middle
from benchmarks.result import Result
from benchmarks.soak_faults import Mischief
from benchmarks.talk import pallets
from smolrgpt_ros.messages.camera_topics import CAMERA_TOPICS
from smolrgpt_ros.msg import SpatialAnswer
from smolrgpt_ros.ros.running import QUERY_NODE, Client, NodeProcess, RunningError

ASKERS, CLIENTS_EACH = 2, 4
START_S = 120.0
SHORTEST_MINUTES = 0.2
_PATIENCE_S = 150.0
CAMERA = {'rate': 30.0, 'drive': 0.6, 'frames': 4}
NODE = {'viewer_frame': 'base_link', 'gravity_frame': 'map', 'memory.keep': 10.0}


@dataclass(frozen=True)
class Span:
    """When what is compared was measured, monotonic clock: a while after the start, and the end."""

    from_s: float
    until_s: float

    @property
    def window_s(self) -> float:
        """How long each of the two is: a minute, or a fifth of a short run."""
        return min(60.0, (self.until_s - self.from_s) / 5.0)

    @property
    def memory_window_s(self) -> float:
        """For memory five minutes, or a sixth of a short run.

        So long it takes until a camera has failed in most of its ways, each of which leaves another
        number of pictures waiting.
        """
        return min(300.0, (self.until_s - self.from_s) / 6.0)

    @property
    def warm_s(self) -> float:
        """When the node is warm: after a third of the run, ten minutes at most.

        Everything that can happen has happened then, several times, on a busy machine too.
        """
        return self.from_s + min(600.0, (self.until_s - self.from_s) / 3.0)


def measure(minutes: float, seed: int, size_px: tuple[int, int]) -> list[Result]:
    """All figures of one run. Raises RunningError."""
    published: Counter[str] = Counter()
    with ExitStack() as held, tempfile.TemporaryDirectory() as scratch:
        camera = held.enter_context(
            NodeProcess(
                'benchmarks.faulty_camera',
                parameters={**CAMERA, 'width': size_px[0], 'height': size_px[1]},
                arguments=['--seed', str(seed)],
            )
        )
        node = held.enter_context(
            NodeProcess(QUERY_NODE, parameters=NODE, remappings=CAMERA_TOPICS)
        )
        client = held.enter_context(Client('soak', watch=(camera, node)))
        client.activate(timeout_s=START_S)
        client.wait_for_frame(START_S)
        client.node.create_subscription(
            SpatialAnswer,
            '/spatial_query/answers',
            lambda answer: published.update([answer.query_id]),
            1000,
        )
        ids = pallets(client)
        mischief = Mischief(client, seed, ids, node.pid)
        starts_s = time.monotonic()
        span = Span(starts_s, starts_s + 60.0 * minutes)
        files = [Path(scratch) / f'asker_{number}' for number in range(ASKERS)]
        askers = [
            held.enter_context(_asker(file, 100 * seed + number, ids, span.until_s))
            for number, file in enumerate(files)
        ]
        with ProcessWatch(node.pid) as watch:
            mischief.run(span.until_s, rest_at_s=span.warm_s)
        for asker in askers:
            asker.wait(_PATIENCE_S)
        for process in (camera, node):
            process.check()
        books = [_read(asker, file) for asker, file in zip(askers, files, strict=True)]
    return results(span, books, mischief, published, watch.seen)


def _asker(file: Path, seed: int, ids: Sequence[str], until_s: float) -> NodeProcess:
    arguments = [str(file), '--clients', str(CLIENTS_EACH), '--seed', str(seed)]
    arguments += ['--objects', ','.join(ids), '--until', str(until_s)]
    return NodeProcess('benchmarks.asker', arguments=arguments)


def _read(asker: NodeProcess, file: Path) -> dict[str, Any]:
    if not file.exists():
        raise RunningError(f'an asker has written nothing:\n{asker.log_end()}')
    return dict(json.loads(file.read_text(encoding='utf-8')))


def results(
    span: Span,
    books: Sequence[dict[str, Any]],
    mischief: Mischief,
    published: Counter[str],
    seen: Sequence[Held],
) -> list[Result]:
    """The figures of a run."""
    own = mischief.ledger.figures()
    everything = [*books, own]
    total = {
        name: sum(book[name] for book in everything)
        for name in ('sent', 'answered', 'lost', 'doubled', 'abandoned')
    }
    statuses: Counter[str] = Counter()
    for book in everything:
        statuses.update(book['statuses'])
    unexpected = [*mischief.wrong, *(line for book in books for line in book['unexpected'])]
    for line in unexpected[:20]:
        print(f'unexpected: {line}', file=sys.stderr)
    twice = sum(count - 1 for count in published.values())
    return [
        Result('soak.lost', total['lost'], '', at_most=0, further=total),
        Result(
            'soak.doubled',
            total['doubled'] + twice,
            '',
            at_most=0,
            further={'published': len(published), 'published_twice': twice},
        ),
        Result('soak.unexpected', len(unexpected), '', at_most=0, further=dict(statuses)),
        *grown(span, seen, mischief.at_rest),
        slowed(span, [tuple(one) for book in books for one in book['took']]),
        Result('soak.faults', sum(mischief.done.values()), '', further=dict(mischief.done)),
    ]


def grown(span: Span, seen: Sequence[Held], at_rest: Mapping[str, Sequence[Held]]) -> list[Result]:
    """How much more the node's process holds in the end than when it was warm.

    Args:
        seen: what it held, once a second.
        at_rest: what it held each time it had been inactive for a while, by what had brought it
            there. Only after a clean-up is no overlay kept for whoever looks later: they compare
            with their own kind.

    Raises RunningError where it was never inactive in time.
    """
    window_s = span.memory_window_s
    warm = between(seen, span.warm_s, span.warm_s + window_s)
    # Some threads and files come only when something happens for the first time.
    before = between(seen, span.from_s, span.warm_s + window_s)
    end = between(seen, span.until_s - window_s, span.until_s)
    growth: dict[str, float] = {}
    memory: dict[str, object] = {}
    for kind, rests in at_rest.items():
        if (both := resting(span, rests)) is None:
            continue
        rest_warm, rest_end = both
        growth[kind] = rest_end.rss_mb / rest_warm.rss_mb - 1.0
        memory[kind] = {
            'growth': growth[kind],
            'warm_mb': rest_warm.rss_mb,
            'end_mb': rest_end.rss_mb,
            'own_warm_mb': rest_warm.own_mb,
            'own_end_mb': rest_end.own_mb,
            'mb_over_time': course(span, rests),
        }
    if not growth:
        raise RunningError('the node was never inactive in time: nobody knows what it holds then')
    memory |= {'busy_warm_mb': warm.rss_mb, 'busy_end_mb': end.rss_mb}
    memory |= {'busy_mb_over_time': course(span, seen)}
    memory |= {'highest_mb': max(one.rss_mb for one in seen)}
    return [
        Result('soak.rss_growth', max(growth.values()), '', at_most=0.01, further=memory),
        Result(
            'soak.threads_growth', end.threads - before.threads, '', at_most=0,
            further={'most_before': before.threads, 'most_at_end': end.threads},
        ),
        Result(
            'soak.files_growth', end.files - before.files, '', at_most=0,
            further={'most_before': before.files, 'most_at_end': end.files},
        ),
    ]  # fmt: skip


def resting(span: Span, at_rest: Sequence[Held]) -> tuple[Held, Held] | None:
    """What was held at rest when the process was warm, and in the end: the median of each window.

    In a short run a window can have no rest in it; the first one after it began stands for it. None
    where the process was never at rest after one of them began.
    """
    found = []
    for from_s in (span.warm_s, span.until_s - span.memory_window_s):
        later = [one for one in at_rest if one.at_s >= from_s]
        if not later:
            return None
        until_s = max(from_s + span.memory_window_s, later[0].at_s)
        found.append(middle([one for one in later if one.at_s <= until_s]))
    return found[0], found[1]


def course(span: Span, held: Sequence[Held]) -> list[float]:
    """Resident memory from window to window, MB: a leak climbs, a cache levels off."""
    starts_s = [
        span.from_s + number * span.window_s
        for number in range(int((span.until_s - span.from_s) / span.window_s))
    ]
    return [
        round(middle(part).rss_mb, 1)
        for from_s in starts_s
        if (part := [one for one in held if 0.0 <= one.at_s - from_s < span.window_s])
    ]


def slowed(span: Span, took: Sequence[tuple[float, ...]]) -> Result:
    """Latency of the last window against the first; `took`: when sent and how long, seconds."""
    windows = max(2, int((span.until_s - span.from_s) / span.window_s))
    medians_ms: list[float] = []
    for number in range(windows):
        from_s = span.until_s - (windows - number) * span.window_s
        part = [1e3 * one[1] for one in took if from_s <= one[0] < from_s + span.window_s]
        if part:
            medians_ms.append(statistics.median(part))
    if len(medians_ms) < 2:
        raise RunningError('too few questions were answered to tell whether they get slower')
    first_ms, last_ms = medians_ms[0], medians_ms[-1]
    # Between neighbours, a trend over the run hardly shows, noise does: 1.48 times the median of
    # absolute differences is the standard deviation of a difference of two windows.
    steps_ms = [abs(a - b) for a, b in zip(medians_ms[1:], medians_ms[:-1], strict=True)]
    noise_ms = 1.48 * statistics.median(steps_ms)
    all_ms = sorted(1e3 * one[1] for one in took)
    return Result(
        'soak.latency_ms',
        last_ms,
        'ms',
        reference=first_ms,
        further={
            'ratio_at_most': 1.0 + 3.0 * noise_ms / first_ms,
            'noise_ms': noise_ms,
            'p50': statistics.median(all_ms),
            'overall_p99': all_ms[min(len(all_ms) - 1, int(0.99 * len(all_ms)))],
            'questions': len(all_ms),
        },
    )


def _size(text: str) -> tuple[int, int]:
    width, height = (int(part) for part in text.split('x'))
    return width, height


def _main() -> int:
    parser = argparse.ArgumentParser(prog='smolrgpt bench soak')
    parser.add_argument('--json', action='store_true', help='print one JSON object a line')
    parser.add_argument(
        '--minutes', type=float, default=10.0, help='how long (default %(default)s)'
    )
    parser.add_argument('--seed', type=int, default=1, help='of questions and faults')
    parser.add_argument(
        '--size', type=_size, default='640x480', metavar='WxH', help='of pictures (%(default)s)'
    )
    arguments = parser.parse_args()
    if not arguments.minutes >= SHORTEST_MINUTES:
        parser.error(f'--minutes is {arguments.minutes:g}; at least {SHORTEST_MINUTES:g}')
    return concluded(
        'soak',
        lambda: measure(arguments.minutes, arguments.seed, arguments.size),
        as_json=arguments.json,
    )


if __name__ == '__main__':
    sys.exit(_main())
