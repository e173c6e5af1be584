# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Everything that lives while the node is active: inputs, matching, TF, the newest frame."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from rclpy.lifecycle import LifecycleNode
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from vision_msgs.msg import Detection2DArray

from smolrgpt_ros.messages.frame_set import FrameSet, NewestFrame
from smolrgpt_ros.messages.identity import Identities
from smolrgpt_ros.messages.scene_building import SceneBuilder
from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.messages.stamped import Stamped, stamped_from_bytes, stamped_from_message
from smolrgpt_ros.messages.status import QueryError
from smolrgpt_ros.messages.synchroniser import FrameSynchroniser
from smolrgpt_ros.messages.transforms import Transforms
from smolrgpt_ros.ros.endpoints import unheard_publishers
from smolrgpt_ros.ros.inputs import Input, PolledInputs
from smolrgpt_ros.ros.lasting_thread import OnDeath, log_death
from smolrgpt_ros.ros.matching import FilterMatcher
from smolrgpt_ros.ros.reading import RclpyReading
from smolrgpt_ros.ros.transforms import Tf2Buffer, transform_inputs
from smolrgpt_ros.srv import SpatialQuery

_RELIABILITY = {
    'best_effort': ReliabilityPolicy.BEST_EFFORT,
    'reliable': ReliabilityPolicy.RELIABLE,
}


class Session:
    """One activation of the node.

    Attributes:
        encodings: newest encoding of each picture topic.
    """

    def __init__(
        self,
        node: LifecycleNode,
        settings: Settings,
        identities: Identities,
        *,
        log: Callable[[str], None],
        on_death: OnDeath = log_death,
    ):
        """Subscribe to everything that `settings` ask for.

        Args:
            identities: the names of objects, which outlive this activation.
            log: gets sentences worth a warning.
            on_death: gets the name of a thread that died and goes on, and what ended it.
        """
        self._node = node
        self._log = log
        self._identities = identities
        self._newest = NewestFrame()
        self._given: FrameSet | None = None
        self._lock = threading.Lock()
        self._restart = ''
        self._errors: dict[str, str] = {}
        self._depth_camera_info: Stamped | None = None
        self.encodings: dict[str, str] = {}
        self.transforms = Transforms(Tf2Buffer())
        self.builder = SceneBuilder(self.transforms, self.take, identities, RclpyReading())
        topics = (
            'image',
            'depth',
            'camera_info',
            'detections',
            *(('mask',) if settings.use_mask else ()),
        )
        self.synchroniser = FrameSynchroniser(
            topics,
            slop_s=settings.sync_slop,
            queue_size=settings.sync_queue,
            on_frame=self._on_frame,
            on_restart=self._on_restart,
            make_matcher=FilterMatcher,
        )
        self.inputs = PolledInputs(
            node,
            self._inputs(settings),
            rate_hz=settings.poll_rate,
            on_error=self._on_error,
            on_death=on_death,
        )
        rectified = settings.rectified
        self.rectified = rectified == 'yes' or (
            rectified == 'auto' and 'rect' in self.inputs.topic('image')
        )

    def take(self) -> None:
        """Take what has arrived, now."""
        self.inputs.take()

    def newest(self, shared_s: float = 0.0) -> FrameSet:
        """The newest matched set, including what has arrived just now.

        Or the one that this returned before, until `shared_s` after it has arrived. Raises
        QueryError(NO_FRAME).
        """
        given = self._given
        if given is not None and time.monotonic() - given.image.arrived_s <= shared_s:
            return given
        self.take()
        frame_set = self._newest.get()
        if frame_set is None:
            raise QueryError(SpatialQuery.Response.NO_FRAME, self._why_no_frame())
        self._given = frame_set
        return frame_set

    def follow(self, settings: Settings, stop: Callable[[], bool]) -> None:
        """Follow the objects of the newest picture, if there is a new one; the worker's thread.

        Args:
            stop: whether somebody waits for an answer meanwhile.
        """
        self.take()
        frame_set = self._newest.get()
        if frame_set is not None and not stop():
            self.builder.follow(frame_set, settings, rectified=self.rectified, stop=stop)

    def publishers_of(self, name: str) -> tuple[int, str]:
        """How many publish an input, and what keeps them from being heard ('' for nothing)."""
        entry = self.inputs.entry(name)
        return unheard_publishers(
            self._node, name, self.inputs.topic(name), entry.message_type, entry.qos
        )

    def restart_note(self) -> str:
        """What happened when time jumped back; said once."""
        with self._lock:
            note, self._restart = self._restart, ''
        return note

    def input_errors(self) -> list[str]:
        """Messages that could not be taken; each said once."""
        with self._lock:
            errors, self._errors = list(self._errors.values()), {}
        return errors

    def close(self) -> None:
        """Unsubscribe and let go of every picture."""
        self.inputs.close()
        self.synchroniser.clear()
        self._newest.clear()
        self._given = None
        self.builder.clear()
        self._depth_camera_info = None

    def _inputs(self, settings: Settings) -> tuple[Input, ...]:
        def entry(
            name: str, message_type: type, on_message: Callable[[Any], None], serialised: bool
        ) -> Input:
            qos = QoSProfile(
                depth=getattr(settings, f'qos_{name}_depth'),
                reliability=_RELIABILITY[getattr(settings, f'qos_{name}_reliability')],
            )
            return Input(name, message_type, qos, serialised, on_message)

        def picture(name: str) -> Callable[[Any], None]:
            return lambda message: self._on_picture(name, message)

        def serialised(name: str) -> Callable[[Any], None]:
            return lambda data: self.synchroniser.add(
                stamped_from_bytes(name, data, time.monotonic())
            )

        picture_type = CompressedImage if settings.compressed else Image
        optional = []
        if settings.use_mask:
            optional.append(entry('mask', Image, picture('mask'), False))
        if settings.use_depth_camera_info:
            optional.append(
                entry('depth_camera_info', CameraInfo, self._on_depth_camera_info, True)
            )
        return (
            *transform_inputs(self.transforms),
            *optional,
            entry('camera_info', CameraInfo, serialised('camera_info'), True),
            entry('detections', Detection2DArray, serialised('detections'), True),
            entry('depth', Image, picture('depth'), False),
            # Last, so that its partners of the same moment are there when it comes: message_filters
            # matches at once with what it has, and would take the depth of a lost picture for that
            # of the next one.
            entry('image', picture_type, picture('image'), False),
        )

    def _on_picture(self, name: str, message: Any) -> None:
        self.encodings[name] = getattr(message, 'encoding', None) or message.format
        self.synchroniser.add(stamped_from_message(name, message, time.monotonic()))

    def _on_depth_camera_info(self, data: bytes) -> None:
        self._depth_camera_info = stamped_from_bytes('depth_camera_info', data, time.monotonic())

    def _on_frame(self, frame_set: FrameSet) -> None:
        own_info = self._depth_camera_info
        if own_info is not None:
            frame_set = FrameSet(
                frame_set.image,
                frame_set.depth,
                frame_set.camera_info,
                frame_set.detections,
                frame_set.mask,
                own_info,
            )
        self._newest.put(frame_set)

    def _on_restart(self, sentence: str) -> None:
        self._newest.clear()
        self._given = None
        self.transforms.clear()
        self._identities.forget()
        with self._lock:
            self._restart = sentence
        self._log(sentence)

    def _on_error(self, name: str, error: Exception) -> None:
        sentence = f'a message on {name} could not be taken: {type(error).__name__}: {error}'
        with self._lock:
            first = name not in self._errors
            self._errors[name] = sentence
        if first:
            self._log(sentence)

    def _why_no_frame(self) -> str:
        missing = self.synchroniser.missing_inputs()
        if missing:
            unheard = [sentence for _, sentence in map(self.publishers_of, missing) if sentence]
            topics = ', '.join(f'{name} ({self.inputs.topic(name)})' for name in missing)
            return f'nothing has arrived yet on {topics}; ' + (
                '; '.join(unheard) or 'check that it is published and remapped to the node'
            )
        reasons = '; '.join(self.synchroniser.latest_drop.values())
        return 'every input has arrived, but no set of them matches by stamp' + (
            f': {reasons}' if reasons else ' yet; raise sync.slop if their stamps differ'
        )
