# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Matches of message_filters: the stand-in's, or the real package's where it is installed."""

from __future__ import annotations

import threading
import time

import message_filters
import pytest
import rclpy
from hypothesis import given
from hypothesis import strategies as st
from message_filters import ApproximateTimeSynchronizer, SimpleFilter, Subscriber, TimeSynchronizer
from sensor_msgs.msg import Image
from std_msgs.msg import String

IS_STANDIN = 'standins' in message_filters.__file__


def stamped(stamp_ms: int) -> Image:
    """A message taken at a time."""
    message = Image()
    message.header.stamp.sec, rest_ms = divmod(stamp_ms, 1000)
    message.header.stamp.nanosec = rest_ms * 1_000_000
    return message


def stamp_ms(message: Image) -> int:
    return message.header.stamp.sec * 1000 + message.header.stamp.nanosec // 1_000_000


def matches(make, inputs: int, sequence: list[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Feed (input, stamp in ms) in order; return the stamps of every set that comes out."""
    filters = [SimpleFilter() for _ in range(inputs)]
    synchroniser = make(filters)
    found: list[tuple[int, ...]] = []
    synchroniser.registerCallback(lambda *messages: found.append(tuple(map(stamp_ms, messages))))
    for index, stamp in sequence:
        filters[index].signalMessage(stamped(stamp))
    return found


@pytest.mark.parametrize(
    ('sequence', 'expected'),
    [
        pytest.param([(0, 10), (1, 10)], [(10, 10)], id='equal stamps'),
        pytest.param([(0, 10), (1, 11)], [], id='one millisecond off'),
        pytest.param(
            [(0, 10), (0, 20), (1, 20), (1, 10)], [(20, 20), (10, 10)], id='late counterpart'
        ),
        pytest.param([(0, 10), (0, 20), (0, 30), (1, 10)], [], id='pushed out of the queue'),
        pytest.param([(0, 10), (1, 10), (1, 10)], [(10, 10)], id='used once'),
    ],
)
def test_exact(sequence, expected):
    assert matches(lambda filters: TimeSynchronizer(filters, 2), 2, sequence) == expected


@pytest.mark.parametrize(
    ('slop_s', 'sequence', 'expected'),
    [
        pytest.param(0.05, [(0, 100), (1, 140)], [(100, 140)], id='within slop'),
        pytest.param(0.05, [(0, 100), (1, 150)], [], id='exactly the slop'),
        pytest.param(0.0, [(0, 100), (1, 100)], [], id='slop 0 never matches'),
        pytest.param(0.05, [(0, 100), (0, 130), (1, 120)], [(130, 120)], id='nearest wins'),
        pytest.param(0.05, [(0, 100), (0, 140), (1, 120)], [(100, 120)], id='tie: first come'),
        pytest.param(0.05, [(0, 100), (1, 100), (1, 101)], [(100, 100)], id='used once'),
        pytest.param(
            0.05, [(0, 100), (0, 200), (0, 300), (1, 100)], [], id='pushed out of the queue'
        ),
        pytest.param(
            0.05, [(0, 200), (0, 300), (1, 90), (0, 100)], [], id='too old for a full queue'
        ),
        pytest.param(
            0.05,
            [(0, 500), (1, 500), (0, 100), (1, 110)],
            [(500, 500), (100, 110)],
            id='time jumps back',
        ),
    ],
)
def test_approximate_of_two(slop_s, sequence, expected):
    assert (
        matches(lambda filters: ApproximateTimeSynchronizer(filters, 2, slop_s), 2, sequence)
        == expected
    )


@pytest.mark.parametrize(
    ('sequence', 'expected'),
    [
        pytest.param([(0, 100), (1, 120), (2, 110)], [(100, 120, 110)], id='three within slop'),
        pytest.param([(0, 100), (1, 160), (2, 130)], [], id='both near the third, not each other'),
        pytest.param(
            [(0, 100), (1, 160), (0, 140), (2, 130)], [(140, 160, 130)], id='second choice fits'
        ),
        pytest.param([(0, 100), (2, 100)], [], id='one input silent'),
    ],
)
def test_approximate_of_three(sequence, expected):
    assert (
        matches(lambda filters: ApproximateTimeSynchronizer(filters, 5, 0.05), 3, sequence)
        == expected
    )


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 400)), max_size=40), st.integers(1, 6))
def test_sets_keep_the_slop_and_use_no_message_twice(sequence, queue_size):
    found = matches(
        lambda filters: ApproximateTimeSynchronizer(filters, queue_size, 0.05), 3, sequence
    )
    for index in range(3):
        given_stamps = [stamp for at, stamp in sequence if at == index]
        used = [stamps[index] for stamps in found]
        assert all(used.count(stamp) <= given_stamps.count(stamp) for stamp in used)
    assert all(max(stamps) - min(stamps) < 50 for stamps in found)


def test_messages_without_header_take_the_time_of_arrival():
    headerless, stamped_filter = SimpleFilter(), SimpleFilter()
    synchroniser = ApproximateTimeSynchronizer(
        [headerless, stamped_filter], 5, 5.0, allow_headerless=True
    )
    found = []
    synchroniser.registerCallback(lambda *messages: found.append(messages))
    now = stamped(0)
    now.header.stamp = rclpy.clock.Clock().now().to_msg()
    stamped_filter.signalMessage(now)
    headerless.signalMessage(String(data='here'))
    assert [(first.data, second) for first, second in found] == [('here', now)]


def test_messages_without_header_are_left_out_by_default():
    found = matches_of_strings(allow_headerless=False)
    assert found == []


def matches_of_strings(allow_headerless: bool) -> list:
    filters = [SimpleFilter(), SimpleFilter()]
    synchroniser = ApproximateTimeSynchronizer(filters, 5, 5.0, allow_headerless=allow_headerless)
    found: list = []
    synchroniser.registerCallback(lambda *messages: found.append(messages))
    for each in filters:
        each.signalMessage(String())
    return found


def test_callbacks_get_their_own_arguments_in_order_of_registration():
    calls = []
    source = SimpleFilter()
    assert source.registerCallback(lambda *arguments: calls.append(arguments), 'a', 1) == 0
    assert source.registerCallback(lambda *arguments: calls.append(arguments)) == 1
    source.signalMessage('message')
    assert calls == [('message', 'a', 1), ('message',)]


@pytest.mark.skipif(not IS_STANDIN, reason='the real one stays locked after an exception')
def test_an_exception_in_a_callback_does_not_lock_the_synchroniser():
    filters = [SimpleFilter(), SimpleFilter()]
    synchroniser = ApproximateTimeSynchronizer(filters, 5, 0.05)
    found = []

    def fail_once(*messages):
        found.append(messages)
        if len(found) == 1:
            raise ValueError('once')

    synchroniser.registerCallback(fail_once)
    filters[0].signalMessage(stamped(100))
    with pytest.raises(ValueError, match='once'):
        filters[1].signalMessage(stamped(100))
    for each in filters:
        each.signalMessage(stamped(200))
    assert len(found) == 2


@pytest.mark.skipif(not IS_STANDIN, reason='the real one runs callbacks while holding its lock')
def test_a_callback_may_feed_the_synchroniser():
    filters = [SimpleFilter(), SimpleFilter()]
    synchroniser = ApproximateTimeSynchronizer(filters, 5, 0.05)
    found = []

    def feed_next(first, _second):
        found.append(stamp_ms(first))
        if len(found) < 3:
            for each in filters:
                each.signalMessage(stamped(stamp_ms(first) + 1000))

    synchroniser.registerCallback(feed_next)
    for each in filters:
        each.signalMessage(stamped(0))
    assert found == [0, 1000, 2000]


def test_threads_lose_nothing():
    filters = [SimpleFilter(), SimpleFilter()]
    synchroniser = TimeSynchronizer(filters, 1000)
    found = []
    synchroniser.registerCallback(
        lambda first, second: found.append((stamp_ms(first), stamp_ms(second)))
    )
    stamps = list(range(1, 301))

    def feed(index):
        for stamp in stamps:
            filters[index].signalMessage(stamped(stamp))

    threads = [threading.Thread(target=feed, args=(index,)) for index in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [(stamp, stamp) for stamp in stamps]


def test_subscriber_hands_on_what_a_publisher_sends(ros_domain):
    context = rclpy.Context()
    rclpy.init(context=context)
    node = rclpy.create_node('listener', context=context)
    try:
        subscriber = Subscriber(node, String, 'words', qos_profile=5)
        assert subscriber.getTopic() == 'words'
        assert subscriber.topic_name == '/words'  # of the subscription itself
        received = threading.Event()
        texts = []
        subscriber.registerCallback(lambda message: (texts.append(message.data), received.set()))
        publisher = node.create_publisher(String, 'words', 5)
        executor = rclpy.executors.SingleThreadedExecutor(context=context)
        executor.add_node(node)
        ends = time.monotonic() + 30.0
        while not received.is_set() and time.monotonic() < ends:
            publisher.publish(String(data='hello'))
            executor.spin_once(timeout_sec=0.1)
        assert texts[:1] == ['hello']
    finally:
        node.destroy_node()
        rclpy.shutdown(context=context)
