# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Matching by stamps, the books beside it, and reasons in words."""

from __future__ import annotations

import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smolrgpt_ros.messages.arrivals import Arrivals
from smolrgpt_ros.messages.frame_set import FrameSet
from smolrgpt_ros.messages.stamped import Stamped
from smolrgpt_ros.messages.synchroniser import FrameSynchroniser

TOPICS = ('image', 'depth', 'camera_info', 'detections')
PARTNERS = TOPICS[1:]
MS = 1_000_000
PERIOD_NS = 33 * MS
START_NS = 1000 * 10**9


class Payload:
    """Something large of which one can see whether it is still held."""


class Bench:
    """A synchroniser and what came out of it."""

    def __init__(self, slop_ms: float = 20.0, queue_size: int = 10):
        self.frames: list[FrameSet] = []
        self.restarts: list[str] = []
        self.synchroniser = FrameSynchroniser(
            TOPICS,
            slop_s=slop_ms / 1e3,
            queue_size=queue_size,
            on_frame=self.frames.append,
            on_restart=self.restarts.append,
        )

    def add(self, topic: str, stamp_ns: int, arrived_s: float = 0.0) -> None:
        self.synchroniser.add(Stamped(topic, START_NS + stamp_ns, 'camera', None, arrived_s))

    def add_set(self, stamp_ns: int, leave_out: tuple[str, ...] = (), **late_ms: float) -> None:
        for topic in (*PARTNERS, 'image'):
            if topic not in leave_out:
                self.add(topic, stamp_ns + round(late_ms.get(topic, 0) * MS))


def stamps(frames: list[FrameSet]) -> list[int]:
    return [frame.stamp_ns - START_NS for frame in frames]


def offsets(frame_set: FrameSet) -> list[int]:
    return [getattr(frame_set, topic).stamp_ns - frame_set.stamp_ns for topic in PARTNERS]


def test_equal_stamps_match_each_once():
    bench = Bench()
    for step in range(20):
        bench.add_set(step * PERIOD_NS)
    assert stamps(bench.frames) == [step * PERIOD_NS for step in range(20)]
    assert all(offsets(frame) == [0, 0, 0] for frame in bench.frames)
    assert (bench.synchroniser.matched, bench.synchroniser.dropped) == (20, 0)


def test_an_input_that_has_died_is_silent_and_not_late():
    bench = Bench(queue_size=3)
    for step in range(30):
        for topic in TOPICS:
            if topic != 'depth' or step < 10:
                bench.add(topic, step * PERIOD_NS, arrived_s=step * PERIOD_NS / 1e9)
    assert bench.synchroniser.drop_reasons.keys() == {'depth silent'}
    assert bench.synchroniser.latest_drop == {'depth silent': 'no depth has come for 0.7 s'}


@pytest.mark.parametrize('lost', TOPICS)
def test_a_lost_message_never_shifts_the_sets_after_it(lost: str):
    bench = Bench()
    for step in range(10):
        bench.add_set(step * PERIOD_NS, leave_out=(lost,) if step == 4 else ())
    assert len(bench.frames) == 9
    assert all(offsets(frame) == [0, 0, 0] for frame in bench.frames)


@pytest.mark.parametrize(
    ('late_ms', 'slop_ms', 'kind', 'sentence'),
    [
        pytest.param(
            {'depth': -83},
            50,
            'depth behind',
            'depth is 83 ms behind colour, slop is 50 ms',
            id='behind',
        ),
        pytest.param(
            {'depth': 60},
            50,
            'depth ahead of',
            'depth is 60 ms ahead of colour, slop is 50 ms',
            id='ahead',
        ),
        pytest.param(
            {'camera_info': -40, 'detections': -200},
            30,
            'detections behind',
            'detections is 200 ms behind colour, slop is 30 ms',
            id='the worst of two',
        ),
    ],
)
def test_reasons_name_the_input_and_the_numbers(
    late_ms: dict, slop_ms: float, kind: str, sentence: str
):
    bench = Bench(slop_ms)
    for step in range(4):
        bench.add_set(step * 1000 * MS, **late_ms)
    bench.add_set(9000 * MS)
    assert bench.synchroniser.dropped == 4
    assert bench.synchroniser.drop_reasons == {kind: 4}
    assert bench.synchroniser.latest_drop[kind] == sentence


def test_an_input_that_never_came_is_named():
    bench = Bench(queue_size=3)
    for step in range(6):
        bench.add_set(step * PERIOD_NS, leave_out=('detections',))
    assert bench.synchroniser.missing_inputs() == ['detections']
    assert bench.synchroniser.latest_drop == {'no detections': 'no detections has arrived for it'}
    assert bench.synchroniser.dropped == 3


def test_detections_that_come_too_late_ask_for_a_longer_queue():
    bench = Bench(queue_size=5)
    for step in range(30):
        bench.add_set(step * PERIOD_NS, leave_out=('detections',))
        if step >= 8:
            bench.add('detections', (step - 8) * PERIOD_NS)
    assert not bench.frames
    sentence = bench.synchroniser.latest_drop['detections late']
    assert sentence == (
        'detections of a picture come 297 ms after it, the queue holds 5 pictures (165 ms); '
        'raise sync.queue'
    )


def test_a_queue_that_covers_the_detector_matches_all_of_it():
    bench = Bench(queue_size=10)
    for step in range(30):
        bench.add_set(step * PERIOD_NS, leave_out=('detections',))
        if step >= 8:
            bench.add('detections', (step - 8) * PERIOD_NS)
    assert stamps(bench.frames) == [step * PERIOD_NS for step in range(22)]
    assert bench.synchroniser.dropped == 0


def test_a_slow_detector_is_named_with_both_rates():
    bench = Bench()
    for step in range(30):
        bench.add_set(step * PERIOD_NS, leave_out=() if step % 3 == 0 else ('detections',))
    assert bench.synchroniser.matched == 10
    sentences = ' '.join(bench.synchroniser.latest_drop.values())
    assert 'detections' in sentences


def test_time_jumping_back_starts_anew():
    bench = Bench()
    for step in range(5):
        bench.add_set(10_000 * MS + step * PERIOD_NS)
    bench.add('depth', 10_000 * MS + 5 * PERIOD_NS)
    for step in range(5):
        bench.add_set(step * PERIOD_NS)
    assert bench.synchroniser.restarts == 1
    assert 'time jumped back by 10.1' in bench.restarts[0]
    assert stamps(bench.frames[5:]) == [step * PERIOD_NS for step in range(5)]


def test_slop_zero_is_outside_of_the_range():
    bench = Bench(slop_ms=0.0)
    bench.add_set(0)
    assert not bench.frames, 'message_filters never matches with 0, hence the range of sync.slop'


@settings(max_examples=60, deadline=None)
@given(
    lost=st.lists(st.tuples(st.integers(0, 29), st.sampled_from(TOPICS)), max_size=20),
    jitter_ms=st.lists(st.integers(-7, 7), min_size=90, max_size=90),
)
def test_property_each_picture_is_matched_or_counted(
    lost: list[tuple[int, str]], jitter_ms: list[int]
):
    """With jitter far below the period.

    Complete sets match with themselves, all others are dropped or wait.
    """
    bench = Bench(slop_ms=20.0)
    missing = set(lost)
    for step in range(30):
        late = dict(zip(PARTNERS, jitter_ms[3 * step : 3 * step + 3], strict=True))
        gone = tuple(topic for topic in TOPICS if (step, topic) in missing)
        bench.add_set(step * PERIOD_NS, leave_out=gone, **late)
    complete = [step for step in range(30) if not any((step, topic) in missing for topic in TOPICS)]
    shown = [step for step in range(30) if (step, 'image') not in missing]
    matched = [stamp_ns // PERIOD_NS for stamp_ns in stamps(bench.frames)]
    assert set(complete) <= set(matched)
    for frame in bench.frames:
        assert max(map(abs, offsets(frame))) < 20 * MS
    waiting = len(bench.synchroniser._pending)
    assert bench.synchroniser.matched + bench.synchroniser.dropped + waiting == len(shown)


@pytest.mark.parametrize('lost', TOPICS)
def test_what_waited_through_a_gap_goes_with_the_next_set(lost: str):
    bench = Bench(queue_size=10)
    waiting: list[weakref.ref[Payload]] = []

    def add(topic: str, step: int) -> None:
        payload = Payload()
        waiting.append(weakref.ref(payload))
        stamp_ns = START_NS + step * PERIOD_NS
        bench.synchroniser.add(Stamped(topic, stamp_ns, 'camera', payload, 0.0))

    def alive() -> int:
        bench.frames.clear()
        return sum(payload() is not None for payload in waiting)

    for step in range(20):
        for topic in TOPICS:
            if topic != lost:
                add(topic, step)
    assert alive() == 30, 'the queues of three inputs are full'
    for topic in TOPICS:
        add(topic, 20)
    assert bench.synchroniser.matched == 1
    assert alive() == 0
    assert bench.synchroniser.dropped == (0 if lost == 'image' else 20)


def test_no_older_picture_comes_after_a_newer_one():
    bench = Bench(slop_ms=50)
    for stamp_ms in (100, 130):
        bench.add_set(stamp_ms * MS, leave_out=('detections',))
    bench.add('detections', 125 * MS)  # nearest to the second
    bench.add('detections', 140 * MS)  # within the slop of the first, which waits no more
    assert stamps(bench.frames) == [130 * MS]
    assert (bench.synchroniser.matched, bench.synchroniser.dropped) == (1, 1)
    bench.add_set(160 * MS, leave_out=('detections',))
    assert stamps(bench.frames) == [130 * MS, 160 * MS], 'the second detections are kept for it'


def test_arrivals_count_what_never_arrived():
    arrivals = Arrivals()
    for step in range(100):
        if step not in (40, 41, 70):
            arrivals.add(step * PERIOD_NS, step / 30)
    assert (arrivals.received, arrivals.missing) == (97, 3)
    assert arrivals.rate_hz == pytest.approx(1e9 / PERIOD_NS)


def test_arrivals_do_not_count_jitter_as_loss():
    arrivals = Arrivals()
    for step in range(100):
        arrivals.add(step * PERIOD_NS + (step % 3) * 4 * MS, step / 30)
    assert arrivals.missing == 0


def test_arrivals_tell_a_pause_from_losses():
    arrivals = Arrivals()
    for step in range(10):
        arrivals.add(step * PERIOD_NS, step / 30)
    arrivals.add(10 * PERIOD_NS + 3600 * 10**9, 1.0)
    assert (arrivals.missing, arrivals.pauses) == (0, 1)


def test_arrivals_of_the_last_second():
    arrivals = Arrivals()
    for step in range(90):
        if step not in (10, 70, 71):
            arrivals.add(step * PERIOD_NS, step / 30)
    assert arrivals.missing == 3
    assert arrivals.lately(89.5 / 30) == (28, 2)
    assert arrivals.lately(99.0) == (0, 0)


def test_what_taking_over_a_set_raises_is_raised_and_the_next_one_is_taken():
    frames: list[FrameSet] = []

    def take(frame: FrameSet) -> None:
        frames.append(frame)
        if len(frames) == 1:
            raise MemoryError('no room')

    synchroniser = FrameSynchroniser(
        TOPICS, slop_s=0.02, queue_size=5, on_frame=take, on_restart=lambda sentence: None
    )
    raised = 0
    for step in range(2):
        for topic in TOPICS:
            try:
                synchroniser.add(Stamped(topic, step * PERIOD_NS, 'camera', None, 0.0))
            except MemoryError:
                raised += 1
    assert (len(frames), raised) == (2, 1)
