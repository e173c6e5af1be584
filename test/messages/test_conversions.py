# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Messages into scene and back: padded, big-endian, turned; ids, masks, serialised headers."""

from __future__ import annotations

import array
import importlib.util
import math

import numpy as np
import pytest
from geometry_msgs.msg import Transform
from hypothesis import given
from hypothesis import strategies as st
from rclpy.serialization import serialize_message
from sensor_msgs.msg import CameraInfo, Image
from vision_msgs.msg import Detection2D, ObjectHypothesisWithPose

from smolrgpt_ros.messages.conversions import (
    camera_from,
    colour_from,
    depth_from,
    mask_from,
    nanoseconds_from,
    pose_from,
    rotation_from_quaternion,
    seconds_from,
)
from smolrgpt_ros.messages.detections import best_of, enclosing_box_px, regions_from, seen_from
from smolrgpt_ros.messages.placed import rotated_stddev
from smolrgpt_ros.messages.stamped import HeaderError, stamped_from_bytes
from smolrgpt_ros.ros.answer_messages import duration_from, time_from
from smolrgpt_ros.ros.filming import camera_info_message
from smolrgpt_ros.ros.publishing import image_message
from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.image import ImageError

RNG = np.random.default_rng(5)


def picture(
    pixels: np.ndarray, encoding: str, *, padding: int = 0, big_endian: bool = False
) -> Image:
    """A message whose rows end in `padding` bytes of rubbish."""
    stored = pixels.astype(pixels.dtype.newbyteorder('>' if big_endian else '<'))
    rows = stored.reshape(pixels.shape[0], -1).view(np.uint8)
    rubbish = RNG.integers(0, 255, (pixels.shape[0], padding), np.uint8)
    data = np.concatenate([rows, rubbish], axis=1)
    return Image(
        height=pixels.shape[0],
        width=pixels.shape[1],
        encoding=encoding,
        is_bigendian=int(big_endian),
        step=data.shape[1],
        data=array.array('B', data.tobytes()),
    )


@pytest.mark.parametrize('padding', [0, 1, 3, 64])
@pytest.mark.parametrize('big_endian', [False, True])
@pytest.mark.parametrize(
    ('encoding', 'dtype', 'metres'),
    [('16UC1', np.uint16, 0.001), ('mono16', np.uint16, 0.001), ('32FC1', np.float32, 1.0)],
)
def test_depth_is_exact(encoding: str, dtype: type, metres: float, big_endian: bool, padding: int):
    pixels = RNG.integers(1, 60_000, (7, 5)).astype(dtype)
    depth = depth_from(picture(pixels, encoding, padding=padding, big_endian=big_endian))
    np.testing.assert_allclose(depth.metres(), pixels.astype(np.float64) * metres, rtol=1e-6)


@pytest.mark.parametrize('padding', [0, 1, 5])
@pytest.mark.parametrize(
    ('encoding', 'order'),
    [('rgb8', [0, 1, 2]), ('bgr8', [2, 1, 0]), ('rgba8', [0, 1, 2, 3]), ('bgra8', [2, 1, 0, 3])],
)
def test_colour_is_exact_and_a_view(encoding: str, order: list[int], padding: int):
    rgba = RNG.integers(0, 255, (6, 4, 4), np.uint8)
    message = picture(np.ascontiguousarray(rgba[:, :, order]), encoding, padding=padding)
    colour = colour_from(message)
    np.testing.assert_array_equal(colour, rgba[:, :, :3])
    assert np.shares_memory(colour, np.frombuffer(message.data, np.uint8))


@pytest.mark.parametrize('encoding', ['bayer_rggb8', 'yuv422', 'nv12'])
def test_what_numpy_cannot_read_says_what_would_help(encoding: str):
    if importlib.util.find_spec('cv_bridge') is not None:
        pytest.skip('cv_bridge is installed')
    message = Image(height=2, width=2, encoding=encoding, step=2, data=array.array('B', bytes(4)))
    with pytest.raises(ImageError, match=r'cv_bridge|unknown encoding'):
        colour_from(message)


@pytest.mark.parametrize(
    ('encoding', 'size'), [('rgb8', (4, 6)), ('mono8', (5, 6)), ('32FC1', (4, 6))]
)
def test_mask_of_another_kind_or_size_is_refused(encoding: str, size: tuple[int, int]):
    channels = 3 if encoding == 'rgb8' else 1
    pixels = np.zeros((6, 4, channels), np.float32 if encoding == '32FC1' else np.uint8)
    with pytest.raises(ImageError):
        mask_from(picture(pixels, encoding), size)


def test_image_message_round_trip():
    pixels = RNG.integers(0, 255, (4, 6, 3), np.uint8)
    message = image_message(pixels, 1_500_000_000, 'camera')
    assert (message.header.stamp.sec, message.header.stamp.nanosec, message.step) == (
        1,
        500_000_000,
        18,
    )
    np.testing.assert_array_equal(colour_from(message), pixels)


def test_camera_info_round_trip():
    camera = Camera(64, 48, 50.0, 51.0, 31.0, 23.0)
    for rectified in (True, False):
        assert (
            camera_from(camera_info_message(camera), rectified=rectified, picture_size_px=(64, 48))
            == camera
        )


@given(
    st.lists(st.floats(-1, 1), min_size=4, max_size=4).filter(lambda q: np.linalg.norm(q) > 1e-2)
)
def test_rotations_are_rotations(quaternion: list[float]):
    rotation = rotation_from_quaternion(quaternion)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(rotation) == pytest.approx(1.0)


def test_quarter_turn_about_z_carries_x_to_y():
    message = Transform()
    message.rotation.z = message.rotation.w = math.sqrt(0.5)
    message.translation.x = 2.0
    np.testing.assert_allclose(
        pose_from(message).apply(np.array([1.0, 0.0, 0.0])), [2.0, 1.0, 0.0], atol=1e-12
    )


@pytest.mark.parametrize('quaternion', [(0, 0, 0, 0), (math.nan, 0, 0, 1), (math.inf, 0, 0, 1)])
def test_no_rotation_is_refused(quaternion: tuple[float, ...]):
    with pytest.raises(ValueError, match='quaternion'):
        rotation_from_quaternion(quaternion)


def test_stddev_turns_with_its_axes():
    quarter = rotation_from_quaternion((0, 0, math.sqrt(0.5), math.sqrt(0.5)))
    np.testing.assert_allclose(
        rotated_stddev(quarter, np.array([0.1, 0.2, 0.3])), [0.2, 0.1, 0.3], atol=1e-12
    )


@given(st.floats(-1e6, 1e6))
def test_durations_keep_their_value(seconds: float):
    duration = duration_from(seconds)
    assert 0 <= duration.nanosec < 10**9
    assert seconds_from(duration) == pytest.approx(seconds, abs=2e-9 * max(1.0, abs(seconds)))


@given(st.integers(0, (2**31 - 1) * 10**9))
def test_times_keep_their_nanoseconds(stamp_ns: int):
    assert nanoseconds_from(time_from(stamp_ns)) == stamp_ns


@given(
    st.integers(0, 2**31 - 1),
    st.integers(0, 10**9 - 1),
    st.text(max_size=40).filter(lambda t: '\0' not in t),
)
def test_header_of_serialised_bytes(sec: int, nanosec: int, frame_id: str):
    frame_id = frame_id.encode('utf-8', 'ignore').decode()
    info = CameraInfo()
    info.header.stamp.sec, info.header.stamp.nanosec, info.header.frame_id = sec, nanosec, frame_id
    item = stamped_from_bytes('camera_info', serialize_message(info), 1.0)
    assert (item.stamp_ns, item.frame_id) == (sec * 10**9 + nanosec, frame_id)


@pytest.mark.parametrize(
    'data', [b'', b'\0\1\0\0', bytes(12), b'\0\1\0\0' + bytes(8) + b'\xff\xff\xff\x7f']
)
def test_no_header_is_refused(data: bytes):
    with pytest.raises(HeaderError):
        stamped_from_bytes('image', data, 0.0)


def detection(
    x: float, y: float, size: float, class_id: str = 'pallet', name: str = '', theta: float = 0.0
) -> Detection2D:
    message = Detection2D(id=name)
    message.bbox.center.position.x, message.bbox.center.position.y = x, y
    message.bbox.center.theta = theta
    message.bbox.size_x = message.bbox.size_y = size
    result = ObjectHypothesisWithPose()
    result.hypothesis.class_id, result.hypothesis.score = class_id, 0.9
    message.results = [result]
    return message


def test_given_ids_are_kept_and_others_counted_from_the_left():
    seen = regions_from(
        seen_from(
            [
                detection(80, 10, 4),
                detection(20, 10, 4),
                detection(50, 10, 4, name='pallet_1'),
                detection(30, 10, 4, 'Fork Lift'),
            ]
        ),
        (100, 20),
    )
    assert [region.id for region in seen.regions] == [
        'pallet_3',
        'pallet_2',
        'pallet_1',
        'fork_lift_1',
    ]


def test_twins_are_renamed_and_it_is_noted():
    twins = [detection(80, 10, 4, name='a'), detection(20, 10, 4, name='a')]
    seen = regions_from(seen_from(twins), (100, 20))
    assert [region.id for region in seen.regions] == ['pallet_2', 'pallet_1']
    assert len(seen.notes) == 2
    assert all("'a'" in note.sentence for note in seen.notes)


def test_the_best_hypothesis_counts():
    message = detection(10, 10, 4)
    worse, unknown = ObjectHypothesisWithPose(), ObjectHypothesisWithPose()
    worse.hypothesis.class_id, worse.hypothesis.score = 'person', 0.2
    unknown.hypothesis.class_id, unknown.hypothesis.score = 'ghost', math.nan
    message.results = [unknown, worse, *message.results]
    (region,) = regions_from(seen_from([message]), (100, 20)).regions
    assert (region.class_id, region.score) == ('pallet', 0.9)


@pytest.mark.parametrize(
    ('hypotheses', 'best'),
    [
        ([], ('', 1.0)),
        ([('a', math.nan)], ('a', 1.0)),
        ([('a', math.nan), ('b', -1.0)], ('b', 0.0)),
        ([('a', 0.5), ('b', 0.5)], ('a', 0.5)),
        ([('a', 0.5), ('b', math.nan), ('c', 3.0)], ('c', 1.0)),
    ],
    ids=['none', 'nan alone', 'nan and negative', 'equal', 'above one'],
)
def test_best_of(hypotheses: list[tuple[str, float]], best: tuple[str, float]):
    assert best_of(hypotheses) == best


def test_a_turned_box_is_enclosed():
    box = enclosing_box_px(50.0, 10.0, math.pi / 4, 2.0, 2.0)
    np.testing.assert_allclose(
        box, [50 - math.sqrt(2), 10 - math.sqrt(2), 50 + math.sqrt(2), 10 + math.sqrt(2)]
    )


@pytest.mark.parametrize(('kind', 'values'), [('instance', (1, 2)), ('label', (9, 9))])
def test_masks_by_instance_and_by_label(kind: str, values: tuple[int, int]):
    mask = np.zeros((20, 100), np.uint16)
    mask[8:12, 18:22] = values[0]
    mask[9:11, 79:81] = values[1]
    mask[0, 0] = 7
    seen = regions_from(
        seen_from([detection(20, 10, 8), detection(80, 10, 8), detection(50, 10, 8)]),
        (100, 20),
        mask,
        kind,
    )
    assert [None if region.mask is None else int(region.mask.sum()) for region in seen.regions] == [
        16,
        4,
        None,
    ]
