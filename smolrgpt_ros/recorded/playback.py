# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A recording played to the node's own matching, transforms and scene building.

It is played forwards, as fast as it can be read. Where the node would wait for TF on its way, TF
is read ahead by as much.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from smolrgpt_ros.messages.frame_set import FrameSet
from smolrgpt_ros.messages.frames.buffer import KEPT_NS, FrameBuffer
from smolrgpt_ros.messages.identity import Identities
from smolrgpt_ros.messages.scene_building import SceneBuilder
from smolrgpt_ros.messages.settings import Settings
from smolrgpt_ros.messages.stamped import HeaderError, stamped_from_bytes
from smolrgpt_ros.messages.synchroniser import FrameSynchroniser
from smolrgpt_ros.messages.transforms import Transforms
from smolrgpt_ros.recorded.bag import Bag
from smolrgpt_ros.recorded.reading import BagReading
from smolrgpt_ros.recorded.topics import TF, TF_STATIC, Topics, check_transforms, inputs_of

# Stamps this far from the time of recording are of another clock, as of a simulation.
_OTHER_CLOCK_NS = 60_000_000_000
# Read before the time that is asked about: enough for the queues to fill and one set to match.
_LEAD_NS = 1_000_000_000


class Playback:
    """A recording up to a moment.

    Attributes:
        builder: makes scenes of matched sets.
        settings: as given, without waiting for TF.
        synchroniser: what was matched and dropped so far, with reasons.
        rectified: whether camera_info's P holds.
        now_ns: the moment, by the recording's clock.
        restarts: what happened when time jumped back, in sentences.
    """

    def __init__(self, bag: Bag, topics: Topics, settings: Settings, *, start_ns: int = 0):
        """Play from `start_ns` of the recording's clock on, a little before; 0: from its start.

        Raises:
            BagError: topics that are missing or of another type.
        """
        self.bag = bag
        self._inputs = inputs_of(bag, topics)
        check_transforms(bag)
        self._read_ahead_ns = round(settings.tf_timeout * 1e9)
        changes: dict[str, Any] = {'tf_timeout': 0.0}  # fields that a type checker cannot see
        self.settings = replace(settings, **changes)
        self._transforms = Transforms(FrameBuffer())
        self._identities = Identities(self.settings)
        names = {name: topic for topic, name in self._inputs.items()}
        self.builder = SceneBuilder(
            self._transforms, lambda: None, self._identities, BagReading(bag, names)
        )
        self.synchroniser = FrameSynchroniser(
            [name for name in names if name != 'depth_camera_info'],
            slop_s=settings.sync_slop,
            queue_size=settings.sync_queue,
            on_frame=self._on_frame,
            on_restart=self._on_restart,
        )
        rectified = settings.rectified
        self.rectified = rectified == 'yes' or (rectified == 'auto' and 'rect' in names['image'])
        self.restarts: list[str] = []
        self._newest: FrameSet | None = None
        self._depth_camera_info: Any = None
        self._clock_offset_ns: int | None = None
        self._ahead: deque[tuple[str, int, bytes]] = deque()
        first_ns = max(bag.start_ns, start_ns - _LEAD_NS)
        self.now_ns = self._read_to_ns = first_ns
        if first_ns > bag.start_ns:
            self._catch_up(first_ns)
        self._stream: Iterator[tuple[str, int, bytes]] = bag.messages(
            [*self._inputs, TF, TF_STATIC], first_ns
        )
        self._at_end = False

    @property
    def newest(self) -> FrameSet | None:
        """The newest matched set."""
        return self._newest

    @property
    def ended(self) -> bool:
        """Whether nothing more comes."""
        return self._at_end and not self._ahead

    @property
    def stamp_clock_ns(self) -> int:
        """The moment by the clock of the stamps, which differs where that was a simulation's."""
        return self.now_ns - (self._clock_offset_ns or 0)

    def advance(self, until_ns: int) -> None:
        """Take everything that was recorded up to a moment, itself included.

        Raises:
            BagError: the recording is damaged before that.
        """
        self._read(until_ns + self._read_ahead_ns)
        while self._ahead and self._ahead[0][1] <= until_ns:
            self._take(*self._ahead.popleft())
        self.now_ns = max(self.now_ns, until_ns)

    def advance_to_next_set(self, until_ns: int) -> FrameSet | None:
        """Take messages until a set matches that is newer than the newest; None: none up to then.

        Raises:
            BagError: the recording is damaged before that.
        """
        before = self._newest
        while self._newest is before:
            while not self._ahead and not self._at_end and self._read_to_ns <= until_ns:
                self._read_one()
            if not self._ahead or self._ahead[0][1] > until_ns:
                return None
            self.advance(self._ahead[0][1])
        return self._newest

    def follow(self) -> None:
        """Follow the objects of the newest set, as the node does between questions."""
        if self._newest is not None and self.settings.tracking_enabled:
            self.builder.follow(
                self._newest, self.settings, rectified=self.rectified, stop=lambda: False
            )

    def _catch_up(self, first_ns: int) -> None:
        """TF as it stands at a moment: what is static, and what moved shortly before."""
        for _, _, data in self.bag.messages([TF_STATIC], None, first_ns):
            self._transforms.add_static(self.bag.deserialise(TF_STATIC, data))
        for _, _, data in self.bag.messages([TF], first_ns - KEPT_NS, first_ns):
            self._transforms.add(self.bag.deserialise(TF, data))

    def _read(self, until_ns: int) -> None:
        while not self._at_end and self._read_to_ns <= until_ns:
            self._read_one()

    def _read_one(self) -> None:
        """One message more: TF is taken at once, whatever else waits for its time."""
        entry = next(self._stream, None)
        if entry is None:
            self._at_end = True
            return
        topic, self._read_to_ns, data = entry
        if topic == TF:
            self._transforms.add(self.bag.deserialise(topic, data))
        elif topic == TF_STATIC:
            self._transforms.add_static(self.bag.deserialise(topic, data))
        else:
            self._ahead.append(entry)

    def _take(self, topic: str, at_ns: int, data: bytes) -> None:
        name = self._inputs[topic]
        try:
            item = stamped_from_bytes(name, data, at_ns / 1e9)
        except HeaderError:
            return  # as the node, which says so in its diagnostics and goes on
        if name == 'depth_camera_info':
            self._depth_camera_info = item
            return
        if name == 'image' and self._clock_offset_ns is None:
            offset_ns = at_ns - item.stamp_ns
            self._clock_offset_ns = offset_ns if abs(offset_ns) > _OTHER_CLOCK_NS else 0
        self.synchroniser.add(item)

    def _on_frame(self, frame_set: FrameSet) -> None:
        if self._depth_camera_info is not None:
            frame_set = replace(frame_set, depth_camera_info=self._depth_camera_info)
        if self._newest is None or frame_set.stamp_ns >= self._newest.stamp_ns:
            self._newest = frame_set

    def _on_restart(self, sentence: str) -> None:
        self._newest = None
        self._transforms.clear()
        self._identities.forget()
        self.restarts.append(sentence)
