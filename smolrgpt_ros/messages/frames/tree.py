# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Frames, each known by its place in its parent, and the way between two. Not thread-safe."""

from __future__ import annotations

from smolrgpt_ros.messages.frames.exceptions import (
    ConnectivityException,
    ExtrapolationException,
    InvalidArgumentException,
    LookupException,
)
from smolrgpt_ros.messages.frames.history import (
    LATEST_NS,
    History,
    MovingHistory,
    Sample,
    StaticHistory,
)
from smolrgpt_ros.messages.frames.rigid import IDENTITY, Rigid

DEEPEST = 1000
"""More steps to the root than this mean a loop."""


class FrameTree:
    """All frames of a robot."""

    def __init__(self, cache_ns: int) -> None:
        self._cache_ns = cache_ns
        # None: known as a parent only, hence a root.
        self._frames: dict[str, History | None] = {}

    def insert(self, child: str, sample: Sample, is_static: bool) -> bool:
        """Add a sample of a frame; False when too old. A change of static and moving forgets."""
        history = self._frames.get(child)
        if not isinstance(history, StaticHistory if is_static else MovingHistory):
            history = StaticHistory() if is_static else MovingHistory(self._cache_ns)
            self._frames[child] = history
        self._frames.setdefault(sample.parent, None)
        return history.insert(sample)

    def clear(self) -> None:
        """Forget what changes with time; the frames stay known."""
        for history in self._frames.values():
            if history:
                history.clear()

    def check_frame(self, frame: str, argument: str) -> None:
        """Raise when a frame cannot be looked up: InvalidArgumentException or LookupException."""
        for wrong, reason in ((not frame, 'be empty'), (frame.startswith('/'), "start with a '/'")):
            if wrong:
                raise InvalidArgumentException(
                    f'Invalid argument "{frame}" passed to {argument} - in tf2 frame_ids '
                    f'cannot {reason}'
                )
        if frame not in self._frames:
            raise LookupException(f'"{frame}" passed to {argument} does not exist. ')

    def look_up(self, target: str, source: str, stamp_ns: int) -> tuple[Rigid, int]:
        """Return the transform from `source` to `target` and the time that it holds for.

        Raises:
            LookupException: an unknown frame, or a loop.
            InvalidArgumentException: a malformed frame name.
            ConnectivityException: no common ancestor.
            ExtrapolationException: outside of the times known.
        """
        if target == source:
            return IDENTITY, stamp_ns or self._latest_stamp_ns(source)
        self.check_frame(target, 'lookupTransform argument target_frame')
        self.check_frame(source, 'lookupTransform argument source_frame')
        if stamp_ns == LATEST_NS:
            stamp_ns = self._latest_common_stamp_ns(target, source)
        return self._walk(target, source, stamp_ns), stamp_ns

    def _latest_stamp_ns(self, frame: str) -> int:
        sample = self._latest(frame)
        return sample.stamp_ns if sample else LATEST_NS

    def _latest(self, frame: str) -> Sample | None:
        history = self._frames.get(frame)
        return history.latest() if history else None

    def _walk(self, target: str, source: str, stamp_ns: int) -> Rigid:
        """Climb from the source as far as possible, then from the target to the same frame."""
        too_far: ExtrapolationException | None = None
        to_top, frame = IDENTITY, source
        for _ in range(DEEPEST):
            history = self._frames[frame]
            if frame == target:
                return to_top
            if history is None:
                break
            try:
                sample = history.at(stamp_ns)
            except ExtrapolationException as error:
                too_far = error  # no harm if the target hangs below this frame
                break
            to_top, frame = sample.transform @ to_top, sample.parent
        else:
            raise _loop()
        top = frame

        from_target, frame = IDENTITY, target
        for _ in range(DEEPEST):
            if frame == source:
                return from_target.inverse()
            if frame == top:
                return from_target.inverse() @ to_top
            history = self._frames[frame]
            if history is None:
                break
            try:
                sample = history.at(stamp_ns)
            except ExtrapolationException as error:
                raise _while_looking_up(error, target, source) from None
            from_target, frame = sample.transform @ from_target, sample.parent
        else:
            raise _loop()
        if too_far:
            raise _while_looking_up(too_far, target, source)
        raise _not_connected(target, source)

    def _latest_common_stamp_ns(self, target: str, source: str) -> int:
        """Return the oldest of the newest stamps on the way; 0 when all of the way is static."""
        above_source = self._newest_upwards(source)
        if target in above_source:
            way = _up_to(above_source, target)
            return min((stamp for stamp in way if stamp != LATEST_NS), default=LATEST_NS)
        above_target = self._newest_upwards(target)
        common = next((frame for frame in above_target if frame in above_source), None)
        if common is None:
            raise _not_connected(target, source)
        way = _up_to(above_source, common) + _up_to(above_target, common)
        return min((stamp for stamp in way if stamp != LATEST_NS), default=LATEST_NS)

    def _newest_upwards(self, frame: str) -> dict[str, int]:
        """Return `{frame: newest stamp of its step to the parent}` up to the root, in order."""
        steps: dict[str, int] = {}
        while frame not in steps:
            sample = self._latest(frame)
            steps[frame] = sample.stamp_ns if sample else LATEST_NS
            if sample is None:
                return steps
            frame = sample.parent
        raise _loop()


def _up_to(steps: dict[str, int], frame: str) -> list[int]:
    """Return the stamps of the steps that lead up to a frame."""
    names = list(steps)
    return list(steps.values())[: names.index(frame)]


def _loop() -> LookupException:
    return LookupException('The tf tree is invalid because it contains a loop.')


def _not_connected(target: str, source: str) -> ConnectivityException:
    return ConnectivityException(
        f"Could not find a connection between '{target}' and '{source}' because they are "
        f'not part of the '
        'same tree.Tf has two or more unconnected trees.'
    )


def _while_looking_up(
    error: ExtrapolationException, target: str, source: str
) -> ExtrapolationException:
    return ExtrapolationException(
        f'{error}, when looking up transform from frame [{source}] to frame [{target}]'
    )
