# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rendered halls measured: the floor, and centres of whole objects, against their true poses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from smolrgpt_ros.scene.camera import Camera
from smolrgpt_ros.scene.depth import DepthImage
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.geometry import NoDepthError
from smolrgpt_ros.scene.region import Region
from smolrgpt_ros.warehouse.noise import noisy_detections, with_noise
from smolrgpt_ros.warehouse.render import Frame, depth_millimetres
from smolrgpt_ros.warehouse.synthesis import asked_frame

FRAMES = 6
LEAST_PIXELS = 900


def seen_regions(frame: Frame, *, masks: bool) -> tuple[list[Region], list[int]]:
    """Things well in view, and their indices."""
    indices = [
        index for index, thing in enumerate(frame.world.things)
        if thing.class_id and not thing.carried_by and frame.areas_px[index] > LEAST_PIXELS
        and is_whole(frame, index)
    ]  # fmt: skip
    regions = [
        Region(frame.box_px(i), frame.world.things[i].class_id, 1.0, frame.world.things[i].id,
               frame.mask(i) if masks else None)
        for i in indices
    ]  # fmt: skip
    return regions, indices


def is_whole(frame: Frame, index: int) -> bool:
    x0, y0, x1, y1 = frame.box_px(index)
    return x0 > 1 and y0 > 1 and x1 < frame.camera.width - 1 and y1 < frame.camera.height - 1


def scene_of(frame: Frame, regions: list[Region], **more) -> Scene:
    return Scene(
        tuple(regions), (frame.camera.width, frame.camera.height), colour=frame.colour,
        depth=DepthImage(depth_millimetres(frame.depth_m), 0.001), camera=frame.camera, **more,
    )  # fmt: skip


def true_centre(frame: Frame, index: int) -> np.ndarray:
    return frame.world_from_camera.inverse().apply(np.array(frame.world.things[index].centre))


@pytest.fixture(scope='module')
def frames() -> list[Frame]:
    """Pictures from under the roof and from a robot in turn."""
    return [asked_frame(31, number, per_category=1).frame for number in range(FRAMES)]


@pytest.fixture(scope='module')
def noisy_frames(frames) -> list[Frame]:
    return [with_noise(frame, np.random.default_rng(number)) for number, frame in enumerate(frames)]


def tilt_degrees(frame: Frame, normal: np.ndarray) -> float:
    up = frame.world_from_camera.rotation[2]
    return float(np.degrees(np.arccos(np.clip(normal @ up, -1.0, 1.0))))


@pytest.mark.parametrize('number', range(FRAMES))
def test_the_floor_is_found(frames, number):
    floor = scene_of(frames[number], []).measurements.floor
    assert tilt_degrees(frames[number], floor.normal) < 0.1
    assert floor.offset_m == pytest.approx(
        frames[number].world_from_camera.translation[2], abs=0.01
    )
    assert np.allclose(floor.axes @ floor.axes.T, np.eye(2), atol=1e-9)
    assert np.allclose(floor.axes @ floor.normal, 0.0, atol=1e-9)


@pytest.mark.parametrize('with_gravity', [False, True], ids=['depth-alone', 'gravity-known'])
@pytest.mark.parametrize('number', range(FRAMES))
def test_the_floor_is_found_in_noise(noisy_frames, number, with_gravity):
    frame = noisy_frames[number]
    up = frame.world_from_camera.rotation[2] if with_gravity else None
    floor = scene_of(frame, [], up_camera=up).measurements.floor
    assert tilt_degrees(frame, floor.normal) < 2.0
    assert floor.offset_m == pytest.approx(frame.world_from_camera.translation[2], rel=0.03)


def errors_m(frames: list[Frame], *, masks: bool) -> np.ndarray:
    """Distance of each measured centre from its true one, metres."""
    errors = []
    for frame in frames:
        regions, indices = seen_regions(frame, masks=masks)
        measurements = scene_of(frame, regions).measurements
        errors += [
            float(np.linalg.norm(measurements.of(place).centre_camera - true_centre(frame, index)))
            for place, index in enumerate(indices)
        ]
    return np.array(errors)


def test_centres_of_masks(frames):
    errors = errors_m(frames, masks=True)
    assert len(errors) > 40
    assert np.median(errors) < 0.03
    assert np.percentile(errors, 90) < 0.3


def test_centres_of_boxes(frames):
    errors = errors_m(frames, masks=False)
    assert np.median(errors) < 0.06
    assert np.percentile(errors, 75) < 0.3


def test_centres_in_noise(noisy_frames):
    assert np.median(errors_m(noisy_frames, masks=True)) < 0.12
    assert np.median(errors_m(noisy_frames, masks=False)) < 0.3


def test_one_sigma_holds_about_two_thirds(frames, noisy_frames):
    """Over clean and noisy pictures, along each of the camera's axes."""
    held = []
    for frame in [*frames, *noisy_frames]:
        regions, indices = seen_regions(frame, masks=True)
        measurements = scene_of(frame, regions).measurements
        for place, index in enumerate(indices):
            measured = measurements.of(place)
            error = measured.centre_camera - true_centre(frame, index)
            held += (np.abs(error) <= measured.stddev_camera).tolist()
    assert 0.55 < np.mean(held) < 0.95


def test_measurements_are_well_formed(noisy_frames):
    for number, frame in enumerate(noisy_frames):
        detections = noisy_detections(frame, np.random.default_rng(number))
        measurements = scene_of(frame, list(detections)).measurements
        for index in range(len(detections)):
            try:
                measured = measurements.of(index)
            except NoDepthError as error:
                assert detections[index].id in str(error)  # noqa: PT017
                continue
            assert np.isfinite(measured.centre_camera).all()
            assert (measured.size >= 0.0).all()
            assert (measured.stddev_camera > 0.0).all()
            assert np.isfinite(measured.stddev_camera).all()
            assert np.allclose(measured.rotation.T @ measured.rotation, np.eye(3), atol=1e-6)
            assert np.linalg.det(measured.rotation) == pytest.approx(1.0)
            assert measured.foreground_points > 0
            if measured.standing:
                assert measured.footprint.shape[1] == 2


def test_each_region_is_measured_once_and_alone_as_in_a_batch(frames):
    regions, _ = seen_regions(frames[0], masks=True)
    scene = scene_of(frames[0], regions)
    together = [scene.measurements.of(index) for index in range(len(regions))]
    assert scene.measurements.of(0) is together[0]
    for region, measured in zip(regions, together):
        alone = scene_of(frames[0], [region]).measurements.of(0)
        assert np.array_equal(alone.centre_camera, measured.centre_camera)


def test_a_carried_pallet_is_as_high_as_its_bed():
    """Where the vehicle's head does not hide the pallet's foot."""
    bottoms = []
    for number in range(10):
        frame = asked_frame(8, number, viewpoint='high', per_category=1).frame
        for index, thing in enumerate(frame.world.things):
            if thing.carried_by and frame.areas_px[index] > LEAST_PIXELS and is_whole(frame, index):
                region = Region(frame.box_px(index), 'pallet', 1.0, 'carried', frame.mask(index))
                bottoms.append(scene_of(frame, [region]).measurements.of(0).bottom_m)
    assert len(bottoms) >= 3
    assert np.median(bottoms) == pytest.approx(0.3, abs=0.1)


def test_an_unnamed_mask_on_the_floor_is_an_area(frames):
    for frame in frames:
        regions, indices = seen_regions(frame, masks=True)
        for region, index in zip(regions, indices):
            if region.class_id == 'buffer':
                measured = scene_of(frame, [replace(region, class_id='')]).measurements.of(0)
                assert measured.size[2] == 0.0
                assert np.linalg.norm(measured.centre_camera - true_centre(frame, index)) < 0.6
                return
    pytest.fail('no buffer in view')


CAMERA = Camera(64, 48, 60.0, 60.0, 31.5, 23.5)
BOX = Region((10.0, 10.0, 40.0, 40.0), 'pallet', 1.0, 'pallet_9')


@pytest.mark.parametrize(
    ('depth', 'camera', 'words'),
    [
        pytest.param(None, CAMERA, 'no metric depth', id='no-depth'),
        pytest.param(np.zeros((48, 64), np.uint16), None, 'camera_info', id='no-camera'),
        pytest.param(np.zeros((48, 64), np.uint16), CAMERA, '0 depth samples', id='all-invalid'),
        pytest.param(
            np.full((48, 64), np.nan, np.float32), CAMERA, '0 depth samples', id='all-nan'
        ),
        pytest.param(
            np.full((48, 64), np.inf, np.float32), CAMERA, '0 depth samples', id='all-inf'
        ),
    ],
)
def test_what_cannot_be_measured_says_so_with_its_id(depth, camera, words):
    image = None if depth is None else DepthImage(depth, 0.001)
    scene = Scene((BOX,), (64, 48), depth=image, camera=camera)
    assert scene.measurements.floor is None
    with pytest.raises(NoDepthError, match=words) as caught:
        scene.measurements.of(0)
    assert 'pallet_9' in str(caught.value)


def test_a_wall_is_no_floor():
    depth = DepthImage(np.full((48, 64), 3000, np.uint16), 0.001)
    scene = Scene((BOX,), (64, 48), depth=depth, camera=CAMERA)
    assert scene.measurements.floor is None
    measured = scene.measurements.of(0)
    assert measured.centre_camera[2] == pytest.approx(3.0)
    assert not measured.standing


@pytest.mark.parametrize(
    'box',
    [
        (0, 0, 1, 1),
        (0.2, 0.2, 0.6, 0.7),
        (63.2, 47.1, 64, 48),
        (0, 0, 64, 48),
        (0, 20, 64, 21),
        (30, 0, 31, 48),
    ],
)
@pytest.mark.parametrize(
    'class_id', ['pallet', 'buffer', 'shelf', 'person', 'transporter', '', 'cat']
)
def test_no_box_however_odd_makes_it_crash(box, class_id):
    random = np.random.default_rng(3)
    rows = np.arange(48)[:, None]
    z = np.broadcast_to(1.2 * 60.0 / np.maximum(rows - 10.0, 4.0), (48, 64)) * random.uniform(
        0.97, 1.03, (48, 64)
    )
    z = np.where(random.random((48, 64)) < 0.2, 0.0, z).astype(np.float32)
    region = Region(tuple(float(value) for value in box), class_id, 1.0, 'odd_1')
    scene = Scene(
        (region,),
        (64, 48),
        colour=np.zeros((48, 64, 3), np.uint8),
        depth=DepthImage(z, 1.0),
        camera=CAMERA,
    )
    try:
        measured = scene.measurements.of(0)
    except NoDepthError as error:
        assert 'odd_1' in str(error)  # noqa: PT017
        return
    assert np.isfinite(measured.centre_camera).all()
    assert np.isfinite(measured.size).all()
    assert np.isfinite(measured.stddev_camera).all()


def test_a_followed_floor_is_the_one_that_is_searched_for(noisy_frames):
    for frame in noisy_frames:
        searched = scene_of(frame, []).measurements.floor
        followed = scene_of(frame, [], floor_hint=searched).measurements.floor
        assert followed.followed == 1
        assert followed.offset_m == pytest.approx(searched.offset_m, rel=0.01)
        assert followed.normal @ searched.normal > 0.9999


def test_a_hint_that_no_longer_holds_is_searched_anew(frames):
    """From under the roof and from a robot: neither floor is the other camera's."""
    first, second = (scene_of(frame, []).measurements.floor for frame in frames[:2])
    assert abs(first.offset_m - second.offset_m) > 0.5
    again = scene_of(frames[0], [], floor_hint=second).measurements.floor
    assert again.followed == 0
    assert np.allclose([*again.normal, again.offset_m], [*first.normal, first.offset_m])
    aged = replace(first, followed=1000)
    assert scene_of(frames[0], [], floor_hint=aged).measurements.floor.followed == 0
