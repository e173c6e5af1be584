# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""tf2_ros: the stand-in, or the real package where it is installed."""

from __future__ import annotations

import itertools
import math
import threading
import time

import pytest
import rclpy
import tf2_ros
from geometry_msgs.msg import TransformStamped
from rclpy.duration import Duration
from rclpy.executors import SingleThreadedExecutor
from rclpy.time import Time

PATIENCE_S = 30.0


def moved(parent, child, stamp_s=0.0, xyz=(0.0, 0.0, 0.0), yaw=0.0) -> TransformStamped:
    message = TransformStamped()
    message.header.stamp = Time(nanoseconds=round(stamp_s * 1e9)).to_msg()
    message.header.frame_id = parent
    message.child_frame_id = child
    translation = message.transform.translation
    translation.x, translation.y, translation.z = xyz
    message.transform.rotation.z, message.transform.rotation.w = (
        math.sin(yaw / 2),
        math.cos(yaw / 2),
    )
    return message


def at(stamp_s: float) -> Time:
    return Time(nanoseconds=round(stamp_s * 1e9))


def xyz(message: TransformStamped) -> tuple[float, float, float]:
    translation = message.transform.translation
    return translation.x, translation.y, translation.z


def yaw(message: TransformStamped) -> float:
    return 2 * math.atan2(message.transform.rotation.z, message.transform.rotation.w)


@pytest.fixture
def buffer() -> tf2_ros.Buffer:
    """map -> base (moves), base -> camera (static), map -> shelf (moves), other -> lonely."""
    buffer = tf2_ros.Buffer()
    for stamp_s in (10.0, 11.0, 12.0):
        buffer.set_transform(
            moved('map', 'base', stamp_s, (stamp_s, 0.0, 0.0), (stamp_s - 10) * 0.5), 'test'
        )
    for stamp_s in (10.0, 11.5):
        buffer.set_transform(moved('map', 'shelf', stamp_s, (0.0, stamp_s, 0.0)), 'test')
    buffer.set_transform_static(moved('base', 'camera', 0.0, (0.0, 0.0, 1.5), math.pi), 'test')
    buffer.set_transform(moved('other', 'lonely', 11.0), 'test')
    return buffer


@pytest.mark.parametrize(
    ('target', 'source', 'stamp_s', 'expected_xyz', 'expected_yaw'),
    [
        pytest.param('map', 'base', 11.0, (11.0, 0.0, 0.0), 0.5, id='at a stamp'),
        pytest.param('map', 'base', 11.5, (11.5, 0.0, 0.0), 0.75, id='between two'),
        pytest.param('map', 'base', 0.0, (12.0, 0.0, 0.0), 1.0, id='latest'),
        pytest.param('base', 'map', 10.0, (-10.0, 0.0, 0.0), 0.0, id='upwards'),
        pytest.param('base', 'camera', 99.0, (0.0, 0.0, 1.5), math.pi, id='static at any time'),
        pytest.param('map', 'camera', 10.5, (10.5, 0.0, 1.5), 0.25 - math.pi, id='two steps'),
        pytest.param('shelf', 'base', 10.0, (10.0, -10.0, 0.0), 0.0, id='over a common parent'),
        pytest.param('base', 'base', 5.0, (0.0, 0.0, 0.0), 0.0, id='same frame'),
        pytest.param('nowhere', 'nowhere', 5.0, (0.0, 0.0, 0.0), 0.0, id='same unknown frame'),
    ],
)
def test_lookup(buffer, target, source, stamp_s, expected_xyz, expected_yaw):
    found = buffer.lookup_transform(target, source, at(stamp_s))
    assert xyz(found) == pytest.approx(expected_xyz)
    assert math.cos(yaw(found) - expected_yaw) == pytest.approx(1.0)
    assert (found.header.frame_id, found.child_frame_id) == (target, source)


@pytest.mark.parametrize(
    ('target', 'source', 'expected_s'),
    [
        ('map', 'base', 12.0),
        ('map', 'shelf', 11.5),
        ('base', 'shelf', 11.5),
        ('shelf', 'camera', 11.5),
        ('base', 'camera', 0.0),
        ('map', 'map', 0.0),
        ('base', 'base', 12.0),
    ],
)
def test_the_latest_is_the_latest_common_time(buffer, target, source, expected_s):
    found = buffer.lookup_transform(target, source, Time())
    assert Time.from_msg(found.header.stamp).nanoseconds == round(expected_s * 1e9)


@pytest.mark.parametrize(
    ('target', 'source', 'stamp_s', 'exception', 'text'),
    [
        pytest.param(
            'map',
            'base',
            12.5,
            'ExtrapolationException',
            'Lookup would require extrapolation into the future.  Requested time 12.500000 '
            'but the latest data '
            'is at time 12.000000, when looking up transform from frame [base] to frame [map]',
            id='future',
        ),
        pytest.param(
            'base',
            'map',
            9.0,
            'ExtrapolationException',
            'Lookup would require extrapolation into the past.  Requested time 9.000000 but '
            'the earliest data '
            'is at time 10.000000, when looking up transform from frame [map] to frame [base]',
            id='past',
        ),
        pytest.param(
            'other',
            'lonely',
            11.5,
            'ExtrapolationException',
            'Lookup would require extrapolation at time 11.500000, but only time 11.000000 '
            'is in the buffer, '
            'when looking up transform from frame [lonely] to frame [other]',
            id='only one',
        ),
        pytest.param(
            'nowhere',
            'base',
            11.0,
            'LookupException',
            '"nowhere" passed to lookupTransform argument target_frame does not exist. ',
            id='unknown target',
        ),
        pytest.param(
            'map',
            'nowhere',
            11.0,
            'LookupException',
            '"nowhere" passed to lookupTransform argument source_frame does not exist. ',
            id='unknown source',
        ),
        pytest.param(
            'map',
            'lonely',
            11.0,
            'ConnectivityException',
            "Could not find a connection between 'map' and 'lonely' because they are not "
            'part of the same '
            'tree.Tf has two or more unconnected trees.',
            id='two trees',
        ),
        pytest.param(
            'map',
            'lonely',
            0.0,
            'ConnectivityException',
            "Could not find a connection between 'map' and 'lonely' because they are not "
            'part of the same '
            'tree.Tf has two or more unconnected trees.',
            id='two trees, latest',
        ),
        pytest.param(
            '',
            'base',
            11.0,
            'InvalidArgumentException',
            'Invalid argument "" passed to lookupTransform argument target_frame - in tf2 '
            'frame_ids cannot be '
            'empty',
            id='empty',
        ),
        pytest.param(
            'map',
            '/base',
            11.0,
            'InvalidArgumentException',
            'Invalid argument "/base" passed to lookupTransform argument source_frame - in '
            'tf2 frame_ids cannot '
            "start with a '/'",
            id='slash',
        ),
    ],
)
def test_why_there_is_no_transform(buffer, target, source, stamp_s, exception, text):
    kind = getattr(tf2_ros, exception)
    assert issubclass(kind, tf2_ros.TransformException)
    with pytest.raises(kind) as caught:
        buffer.lookup_transform(target, source, at(stamp_s))
    assert str(caught.value) == text
    assert not buffer.can_transform(target, source, at(stamp_s))
    possible, reason = buffer.can_transform(target, source, at(stamp_s), return_debug_tuple=True)
    assert not possible
    assert reason


def test_can_transform(buffer):
    assert buffer.can_transform('map', 'camera', at(10.5))


def test_what_is_older_than_the_cache_is_forgotten():
    buffer = tf2_ros.Buffer(cache_time=Duration(seconds=2))
    for stamp_s in range(10, 16):
        buffer.set_transform(moved('map', 'base', stamp_s, (stamp_s, 0.0, 0.0)), 'test')
    assert xyz(buffer.lookup_transform('map', 'base', at(13.5)))[0] == pytest.approx(13.5)
    with pytest.raises(tf2_ros.ExtrapolationException, match='into the past'):
        buffer.lookup_transform('map', 'base', at(11.5))


def test_data_from_the_past_is_left_out():
    buffer = tf2_ros.Buffer(cache_time=Duration(seconds=2))
    buffer.set_transform(moved('map', 'base', 15.0, (15.0, 0.0, 0.0)), 'test')
    buffer.set_transform(moved('map', 'base', 10.0, (10.0, 0.0, 0.0)), 'test')
    with pytest.raises(tf2_ros.ExtrapolationException, match='only time 15'):
        buffer.lookup_transform('map', 'base', at(10.0))


def test_data_out_of_order_is_sorted_in():
    buffer = tf2_ros.Buffer()
    for stamp_s in (10.0, 12.0, 11.0):
        buffer.set_transform(moved('map', 'base', stamp_s, (stamp_s**2, 0.0, 0.0)), 'test')
    assert xyz(buffer.lookup_transform('map', 'base', at(11.0)))[0] == pytest.approx(121.0)
    assert xyz(buffer.lookup_transform('map', 'base', Time()))[0] == pytest.approx(144.0)


@pytest.mark.parametrize(
    'bad',
    [
        pytest.param(moved('base', 'base', 1.0), id='its own parent'),
        pytest.param(moved('map', '', 1.0), id='no child'),
        pytest.param(moved('', 'base', 1.0), id='no parent'),
        pytest.param(moved('map', 'base', 1.0, (math.nan, 0.0, 0.0)), id='NaN'),
        pytest.param(TransformStamped(child_frame_id='base'), id='nothing set'),
    ],
)
def test_malformed_transforms_are_left_out(bad):
    buffer = tf2_ros.Buffer()
    buffer.set_transform(bad, 'test')
    assert not buffer.can_transform('map', 'base', Time())


def test_quaternion_of_another_length_counts_for_its_direction():
    buffer = tf2_ros.Buffer()
    longer = moved('map', 'base', 1.0, (1.0, 0.0, 0.0), math.pi / 2)
    longer.transform.rotation.z *= 2.0
    longer.transform.rotation.w *= 2.0
    buffer.set_transform(longer, 'test')
    assert xyz(buffer.lookup_transform('base', 'map', Time())) == pytest.approx((0.0, 1.0, 0.0))


def test_quaternion_of_length_0_is_left_out():
    buffer = tf2_ros.Buffer()
    bad = moved('map', 'base', 1.0)
    bad.transform.rotation.w = 0.0
    buffer.set_transform(bad, 'test')
    assert not buffer.can_transform('map', 'base', Time())


def test_a_loop_is_found():
    buffer = tf2_ros.Buffer()
    buffer.set_transform(moved('a', 'b', 1.0), 'test')
    buffer.set_transform(moved('b', 'a', 1.0), 'test')
    buffer.set_transform(moved('c', 'd', 1.0), 'test')
    with pytest.raises(tf2_ros.LookupException, match='contains a loop'):
        buffer.lookup_transform('d', 'a', at(1.0))


def test_clearing_keeps_what_is_static(buffer):
    buffer.clear()
    assert buffer.can_transform('base', 'camera', Time())
    assert not buffer.can_transform('map', 'base', at(11.0))


def test_other_times_over_a_fixed_frame(buffer):
    found = buffer.lookup_transform_full('base', at(12.0), 'base', at(10.0), 'map')
    assert xyz(found) == pytest.approx((-2 * math.cos(1.0), 2 * math.sin(1.0), 0.0))


def test_waits_for_a_transform_that_comes(buffer):
    timer = threading.Timer(
        0.2, buffer.set_transform, (moved('map', 'base', 13.0, (13.0, 0.0, 0.0)), 'test')
    )
    timer.start()
    found = buffer.lookup_transform('map', 'base', at(13.0), Duration(seconds=10))
    timer.join()
    assert xyz(found)[0] == pytest.approx(13.0)


def test_waits_no_longer_than_asked(buffer):
    start = time.monotonic()
    with pytest.raises(tf2_ros.ExtrapolationException):
        buffer.lookup_transform('map', 'base', at(13.0), Duration(seconds=0.2))
    assert time.monotonic() - start >= 0.2


def test_threads_may_write_and_read(buffer):
    stop = threading.Event()

    def write():
        stamp_s = 12.0
        while not stop.is_set():
            stamp_s += 0.01
            buffer.set_transform(moved('map', 'base', stamp_s, (stamp_s, 0.0, 0.0)), 'test')

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(300):
            found = buffer.lookup_transform('map', 'base', Time())
            assert xyz(found)[0] == pytest.approx(
                Time.from_msg(found.header.stamp).nanoseconds * 1e-9
            )
    finally:
        stop.set()
        writer.join()


def test_broadcasters_reach_a_listener(ros_domain):
    context = rclpy.Context()
    rclpy.init(context=context)
    sender = rclpy.create_node('sender', context=context)
    receiver = rclpy.create_node('receiver', context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(receiver)
    buffer = tf2_ros.Buffer(node=receiver)
    try:
        static = tf2_ros.StaticTransformBroadcaster(sender)
        static.sendTransform(moved('base', 'camera', xyz=(1.0, 0.0, 0.0)))
        static.sendTransform([moved('base', 'lidar', xyz=(2.0, 0.0, 0.0))])
        listener = tf2_ros.TransformListener(buffer, receiver)  # later than what it is to hear
        broadcaster = tf2_ros.TransformBroadcaster(sender)
        ends = time.monotonic() + PATIENCE_S
        stamps_s = itertools.count(100)
        while not all(buffer.can_transform('map', name, Time()) for name in ('camera', 'lidar')):
            assert time.monotonic() < ends, f'waited {PATIENCE_S} s for the transforms'
            broadcaster.sendTransform(moved('map', 'base', next(stamps_s), (3.0, 0.0, 0.0)))
            executor.spin_once(timeout_sec=0.05)
        assert xyz(buffer.lookup_transform('map', 'camera', Time()))[0] == pytest.approx(4.0)
        assert xyz(buffer.lookup_transform('map', 'lidar', Time()))[0] == pytest.approx(5.0)
        listener.unregister()
    finally:
        sender.destroy_node()
        receiver.destroy_node()
        rclpy.shutdown(context=context)
