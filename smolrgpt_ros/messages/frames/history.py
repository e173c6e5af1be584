# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is known of one frame's place in its parent, over time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Protocol

from smolrgpt_ros.messages.frames.exceptions import ExtrapolationException
from smolrgpt_ros.messages.frames.rigid import Rigid, interpolate

LATEST_NS = 0
"""The time that stands for 'the latest there is'."""


@dataclass(frozen=True)
class Sample:
    """A frame's place in `parent` at a time."""

    stamp_ns: int
    parent: str
    transform: Rigid


class History(Protocol):
    """A frame's samples."""

    def insert(self, sample: Sample) -> bool:
        """Add a sample; False when it is too old to be kept."""

    def at(self, stamp_ns: int) -> Sample:
        """Return the place at a time; raises ExtrapolationException outside of what is known."""

    def latest(self) -> Sample | None:
        """Return the newest sample (stamp 0: holds at all times), None when there is none."""

    def clear(self) -> None:
        """Forget what changes with time."""


class StaticHistory:
    """A place that never changes."""

    def __init__(self) -> None:
        self._sample: Sample | None = None

    def insert(self, sample: Sample) -> bool:
        """Replace the place."""
        self._sample = Sample(LATEST_NS, sample.parent, sample.transform)
        return True

    def at(self, stamp_ns: int) -> Sample:
        """Return the place, the same at all times."""
        assert self._sample is not None  # made by the insertion of the first
        return self._sample

    def latest(self) -> Sample | None:
        """Return the place with stamp 0."""
        return self._sample

    def clear(self) -> None:
        """Keep it: what is static still holds after a jump of time."""


class MovingHistory:
    """Places over the last `cache_ns` nanoseconds before the newest one."""

    def __init__(self, cache_ns: int) -> None:
        self._cache_ns = cache_ns
        self._stamps_ns: list[int] = []  # ascending, as _samples
        self._samples: list[Sample] = []

    def insert(self, sample: Sample) -> bool:
        """Add a sample at its place in time; False when it is older than what is kept."""
        self._prune()
        if self._stamps_ns and sample.stamp_ns < self._stamps_ns[-1] - self._cache_ns:
            return False
        # Of several with the same stamp, the one inserted last counts as the newest.
        first = bisect_left(self._stamps_ns, sample.stamp_ns)
        position = bisect_right(self._stamps_ns, sample.stamp_ns)
        if sample not in self._samples[first:position]:
            self._stamps_ns.insert(position, sample.stamp_ns)
            self._samples.insert(position, sample)
        return True

    def at(self, stamp_ns: int) -> Sample:
        """Return the place at a time, interpolated between its neighbours.

        Raises:
            ExtrapolationException: when the time lies before the oldest or after the newest sample.
        """
        if not self._samples:
            raise _only(stamp_ns, 0)
        oldest_ns, newest_ns = self._stamps_ns[0], self._stamps_ns[-1]
        if stamp_ns in (LATEST_NS, newest_ns):
            return self._samples[-1]
        if len(self._samples) == 1:
            raise _only(stamp_ns, newest_ns)
        if stamp_ns > newest_ns:
            raise ExtrapolationException(
                'Lookup would require extrapolation into the future.  '
                f'Requested time {seconds(stamp_ns)} but the latest data is at time '
                f'{seconds(newest_ns)}'
            )
        if stamp_ns < oldest_ns:
            raise ExtrapolationException(
                'Lookup would require extrapolation into the past.  '
                f'Requested time {seconds(stamp_ns)} but the earliest data is at time '
                f'{seconds(oldest_ns)}'
            )
        if stamp_ns == oldest_ns:
            return self._samples[0]
        return self._between(stamp_ns)

    def latest(self) -> Sample | None:
        """Return the newest sample."""
        return self._samples[-1] if self._samples else None

    def clear(self) -> None:
        """Forget all samples."""
        self._stamps_ns.clear()
        self._samples.clear()

    def _between(self, stamp_ns: int) -> Sample:
        position = bisect_right(self._stamps_ns, stamp_ns)
        older = self._samples[position - 1]
        if older.stamp_ns == stamp_ns:
            return older
        newer = self._samples[position]
        if newer.parent != older.parent:  # it was hung elsewhere in between; nothing to interpolate
            return older
        ratio = (stamp_ns - older.stamp_ns) / (newer.stamp_ns - older.stamp_ns)
        return Sample(stamp_ns, older.parent, interpolate(older.transform, newer.transform, ratio))

    def _prune(self) -> None:
        if not self._stamps_ns:
            return
        kept_from = bisect_left(self._stamps_ns, self._stamps_ns[-1] - self._cache_ns)
        del self._stamps_ns[:kept_from], self._samples[:kept_from]


def seconds(stamp_ns: int) -> str:
    """Return a time as the messages write it."""
    whole_s, rest_ns = divmod(stamp_ns, 1_000_000_000)
    return f'{whole_s + 1e-9 * rest_ns:.6f}'  # as tf2 adds them, for the same last digit


def _only(requested_ns: int, known_ns: int) -> ExtrapolationException:
    return ExtrapolationException(
        f'Lookup would require extrapolation at time {seconds(requested_ns)}, '
        f'but only time {seconds(known_ns)} is in the buffer'
    )
