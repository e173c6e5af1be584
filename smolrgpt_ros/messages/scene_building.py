# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A matched set of messages becomes a scene, when somebody asks and once however many ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from smolrgpt_ros.messages.conversions import camera_from, depth_from, mask_from
from smolrgpt_ros.messages.detections import Detected, Note, Seen, regions_from
from smolrgpt_ros.messages.frame_set import FrameSet
from smolrgpt_ros.messages.identity import Identities
from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.messages.stamped import Stamped
from smolrgpt_ros.messages.transforms import NoTransformError, Transforms
from smolrgpt_ros.scene.camera import Camera, CameraError
from smolrgpt_ros.scene.depth import DepthError, DepthImage
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.image import ImageError
from smolrgpt_ros.scene.measured import Floor
from smolrgpt_ros.scene.pose import Pose
from smolrgpt_ros.scene.recalled import LastSeen, with_recalled
from smolrgpt_ros.scene.registration import register

# Of a serialised message that begins with a header: four bytes of encapsulation, eight of stamp.
_AFTER_STAMP = 12
_QUOTED = re.compile(r"'([^']+)'")


@dataclass(frozen=True, eq=False)
class BuiltScene:
    """A scene and what of its messages could not be used.

    Attributes:
        defects: a sentence for each input that could not be used ('depth: the picture is
            truncated ...').
        notes: what was done with detections; for answers about them.
        skipped_detections: detections left out.
        fixed_from_camera: where the camera stood in the frame that objects are followed in; None
            where they are not, or TF did not tell.
    """

    scene: Scene
    defects: tuple[str, ...]
    notes: tuple[Note, ...]
    skipped_detections: int
    fixed_from_camera: Pose | None = None


class Reading(Protocol):
    """How messages are read, which differs between the middleware and a recording."""

    def picture(self, item: Stamped) -> Any:
        """A sensor_msgs/Image or CompressedImage."""

    def camera_info(self, item: Stamped) -> Any:
        """A sensor_msgs/CameraInfo; its payload is still serialised."""

    def detections(self, item: Stamped) -> tuple[Seen, ...]:
        """What a vision_msgs/Detection2DArray shows."""

    def colour(self, message: Any) -> np.ndarray:
        """RGB uint8 (H, W, 3) of a picture. Raises ImageError."""


class SceneBuilder:
    """Builds scenes of the newest set; one thread uses it.

    Attributes:
        latest: what was built last, None before; for diagnostics.
        gravity_problem: why the gravity frame was of no use last time, '' where it was.
    """

    def __init__(
        self,
        transforms: Transforms,
        refresh: Callable[[], None],
        identities: Identities,
        reading: Reading,
    ):
        """Build nothing yet.

        Args:
            refresh: takes messages that have arrived meanwhile (TF on its way).
            identities: who is who; names the regions of every scene.
            reading: how messages are read.
        """
        self._reading = reading
        self._transforms = transforms
        self._refresh = refresh
        self._identities = identities
        self._frame_set: FrameSet | None = None
        self._key: tuple[Any, ...] = ()
        self._base: BuiltScene | None = None
        self._placed: dict[tuple[str, str], BuiltScene] = {}
        self._camera: Camera | None = None
        self._camera_key: tuple[Any, ...] = ()
        self._floor_of: tuple[Camera, Floor] | None = None
        self._remembers = False
        self.latest: BuiltScene | None = None
        self.gravity_problem = ''

    def build(
        self,
        frame_set: FrameSet,
        settings: Settings,
        *,
        target_frame: str,
        rectified: bool,
        viewer: bool,
    ) -> BuiltScene:
        """The scene of a set, with the target frame placed in it.

        Args:
            target_frame: '' for the camera's own.
            rectified: whether camera_info's P holds.
            viewer: whether the question means the viewer, so that `viewer_frame` has to be known.

        Raises:
            NoTransformError: target or viewer frame are not connected at the set's stamp.
        """
        base = self._known_base(frame_set, _key(settings, rectified=rectified))
        if base is None:
            base = self._renewed(frame_set, settings, rectified)
        viewer_frame = settings.viewer_frame if viewer else ''
        place = (target_frame, viewer_frame)
        if place not in self._placed:
            self._placed[place] = self._place(base, frame_set, settings, *place)
        self.latest = self._placed[place]
        return self.latest

    def follow(
        self,
        frame_set: FrameSet,
        settings: Settings,
        *,
        rectified: bool,
        stop: Callable[[], bool],
    ) -> None:
        """Follow the objects of a set that nobody has asked about; never waits for TF.

        Args:
            stop: whether somebody waits for an answer meanwhile.
        """
        base = self._known_base(frame_set, _key(settings, rectified=rectified))
        if base is None:
            changes: dict[str, Any] = {'tf_timeout': 0.0}  # fields that a type checker cannot see
            hurried = replace(settings, **changes)
            failed_before = bool(self._identities.problem)
            base = self._renewed(frame_set, hurried, rectified)
            # TF may be late: who asks about this picture may wait for it, and gets another scene.
            lacks_up = base.scene.up_camera is None and bool(settings.gravity_frame)
            if lacks_up or (base.fixed_from_camera is None and not failed_before):
                self._frame_set = None
        if settings.memory_keep and base.fixed_from_camera is not None:
            self._identities.measure(base.scene, base.fixed_from_camera, stop)

    def recalled(self, built: BuiltScene, within_s: float, now_ns: int) -> Mapping[str, LastSeen]:
        """Objects seen in the last seconds before `now_ns` that a scene does not show, by id."""
        if built.fixed_from_camera is None:
            return {}
        self._learn_from_scenes()
        return self._identities.recall(built.scene, within_s, now_ns)

    def _known_base(self, frame_set: FrameSet, key: tuple[Any, ...]) -> BuiltScene | None:
        return self._base if frame_set is self._frame_set and key == self._key else None

    def _renewed(self, frame_set: FrameSet, settings: Settings, rectified: bool) -> BuiltScene:
        """The scene of a set, its objects named; the one before where it is no news."""
        self._remembers = settings.memory_keep > 0.0
        self._learn_from_scenes()
        base, detector_ids = self._decode(frame_set, settings, rectified)
        if self._identities.enabled:
            base = self._named(base, detector_ids, frame_set, settings)
        self._placed = {}
        self._base = base
        self._frame_set, self._key = frame_set, _key(settings, rectified=rectified)
        return base

    def _named(
        self,
        base: BuiltScene,
        detector_ids: tuple[str, ...],
        frame_set: FrameSet,
        settings: Settings,
    ) -> BuiltScene:
        """The scene with its objects' own names, or the scene before where it is no news."""
        pose = self._identities.pose(
            frame_set.frame_id,
            lambda frame, timeout_s: self._look_up(frame, frame_set, timeout_s),
            settings.tf_timeout,
        )
        before = self._base
        named = self._identities.named(
            base.scene, detector_ids, pose, may_ignore=before is not None
        )
        if named.ignored and before is not None:
            return before
        defects = base.defects
        if self._identities.problem:
            defects = (
                *defects,
                'detections: objects are followed in the picture alone: '
                f'{self._identities.problem}',
            )
        told = tuple(Note(tuple(_QUOTED.findall(note)), note) for note in named.notes)
        return replace(
            base,
            scene=named.scene,
            defects=defects,
            notes=(*base.notes, *told),
            fixed_from_camera=pose,
        )

    def clear(self) -> None:
        """Let go of pictures and scenes."""
        self._learn_from_scenes()
        self._placed = {}
        self._frame_set, self._base, self.latest = None, None, None

    def _learn_from_scenes(self) -> None:
        """Keep what has been measured and outlasts the picture: the floor, and where things are."""
        if self._base is None:
            return
        scene = self._base.scene  # those with a target frame share what is measured of it
        measurements = vars(scene).get('measurements')
        if measurements is None:
            return
        if measurements.known_floor is not None and scene.camera is not None:
            self._floor_of = scene.camera, measurements.known_floor
        if self._remembers:
            self._identities.learn(scene, self._base.fixed_from_camera)

    def _floor_hint(self, camera: Camera | None) -> Floor | None:
        """The floor of the last picture of this camera in which it was asked for."""
        if self._floor_of is None or self._floor_of[0] != camera:
            return None
        return self._floor_of[1]

    def _place(
        self,
        base: BuiltScene,
        frame_set: FrameSet,
        settings: Settings,
        target_frame: str,
        viewer_frame: str,
    ) -> BuiltScene:
        scene = base.scene
        if target_frame and target_frame != scene.frame_id:
            pose = self._look_up(target_frame, frame_set, settings.tf_timeout)
            scene = scene.twin(target_from_camera=pose, target_frame=target_frame)
        if viewer_frame:
            pose = self._look_up(viewer_frame, frame_set, settings.tf_timeout)
            scene = scene.twin(viewer_camera=pose.inverse().translation)
        return replace(base, scene=scene)

    def _look_up(self, frame: str, frame_set: FrameSet, timeout_s: float) -> Pose:
        return self._transforms.look_up(
            frame,
            frame_set.frame_id,
            frame_set.stamp_ns,
            timeout_s=timeout_s,
            refresh=self._refresh,
        )

    def _up(self, frame_set: FrameSet, settings: Settings) -> np.ndarray | None:
        """Unit vector (3,) against gravity in the camera frame; None where TF does not tell."""
        if not settings.gravity_frame:
            self.gravity_problem = ''
            return None
        # Where TF failed the last time, answers do not wait for it once more.
        timeout_s = 0.0 if self.gravity_problem else settings.tf_timeout
        try:
            pose = self._look_up(settings.gravity_frame, frame_set, timeout_s)
        except NoTransformError as error:
            self.gravity_problem = str(error)
            return None
        self.gravity_problem = ''
        return pose.rotation[2].copy()

    def _decode(
        self, frame_set: FrameSet, settings: Settings, rectified: bool
    ) -> tuple[BuiltScene, tuple[str, ...]]:
        """The scene of a set, and what the detector calls its regions."""
        defects: list[str] = []
        picture = self._reading.picture(frame_set.image)
        # A CompressedImage says its size only inside; camera_info has to do.
        size_px = (picture.width, picture.height) if hasattr(picture, 'width') else None
        camera = _attempt(
            defects,
            'camera_info',
            lambda: self._camera_of(frame_set.camera_info, rectified, size_px),
        )
        if size_px is None:
            size_px = (camera.width, camera.height) if camera else (0, 0)
        colour = _attempt(defects, 'image', lambda: self._reading.colour(picture))
        depth = _attempt(
            defects, 'depth', lambda: self._depth(frame_set, settings, camera, size_px)
        )
        mask = None
        if frame_set.mask is not None:
            mask_message = self._reading.picture(frame_set.mask)
            mask = _attempt(defects, 'mask', lambda: mask_from(mask_message, size_px))
        detected = _attempt(
            defects,
            'detections',
            lambda: regions_from(
                self._reading.detections(frame_set.detections),
                size_px,
                mask,
                settings.mask_values,
            ),
        ) or Detected(())
        scene = Scene(
            regions=detected.regions,
            size_px=size_px,
            colour=colour,
            depth=depth,
            camera=camera,
            stamp_ns=frame_set.stamp_ns,
            frame_id=frame_set.frame_id,
            up_camera=self._up(frame_set, settings),
            floor_hint=self._floor_hint(camera),
        )
        built = BuiltScene(scene, tuple(defects), detected.notes, detected.skipped)
        return built, detected.detector_ids

    def _camera_of(self, info: Stamped, rectified: bool, size_px: tuple[int, int] | None) -> Camera:
        """The colour camera, made anew where more than the stamp of its camera_info has changed."""
        key = (bytes(info.payload[_AFTER_STAMP:]), rectified, size_px)
        if self._camera is None or key != self._camera_key:
            self._camera = camera_from(
                self._reading.camera_info(info), rectified=rectified, picture_size_px=size_px
            )
            self._camera_key = key
        return self._camera

    def _depth(
        self,
        frame_set: FrameSet,
        settings: Settings,
        camera: Camera | None,
        size_px: tuple[int, int],
    ) -> DepthImage:
        depth = depth_from(self._reading.picture(frame_set.depth))
        own_info = frame_set.depth_camera_info
        if camera is None or own_info is None:
            height, width = depth.shape
            if (width, height) != size_px:
                raise DepthError(
                    f'depth is {width}x{height} and colour {size_px[0]}x{size_px[1]}; subscribe '
                    'to the depth aligned '
                    'to colour, or set use_depth_camera_info and remap depth_camera_info to the '
                    "depth camera's own"
                )
            return depth
        own_camera = camera_from(
            self._reading.camera_info(own_info),
            rectified=False,
            picture_size_px=(depth.shape[1], depth.shape[0]),
        )
        colour_from_depth = None
        if frame_set.depth.frame_id != frame_set.frame_id:
            colour_from_depth = self._transforms.look_up(
                frame_set.frame_id,
                frame_set.depth.frame_id,
                frame_set.depth.stamp_ns,
                timeout_s=settings.tf_timeout,
                refresh=self._refresh,
            )
        return register(depth, own_camera, camera, colour_from_depth)


def with_memory(built: BuiltScene, objects: Sequence[LastSeen]) -> BuiltScene:
    """The scene with objects that it does not show, where they were seen last."""
    if built.fixed_from_camera is None or not objects:
        return built
    return replace(built, scene=with_recalled(built.scene, objects, built.fixed_from_camera))


def _key(settings: Settings, *, rectified: bool) -> tuple[Any, ...]:
    """What else a scene depends on than its messages."""
    return rectified, settings.mask_values, settings.gravity_frame


def _attempt(defects: list[str], topic: str, make: Callable[[], Any]) -> Any:
    """What `make` gives, or None and a sentence in `defects`."""
    try:
        return make()
    except (ImageError, DepthError, CameraError, NoTransformError) as error:
        defects.append(f'{topic}: {error}')
    except Exception as error:
        defects.append(f'{topic}: cannot be read: {type(error).__name__}: {error}')
    return None
