# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How much of the time the model computes, on a processor and on an accelerator."""

from __future__ import annotations

import time

import torch


class Stopwatch:
    """Times of steps, and the share of each in which the model did not compute.

    An accelerator computes while the next batch is fetched; only the gap between the end of one
    step's work and the begin of the next counts as outside there.
    """

    def __init__(self, device: torch.device) -> None:
        self._cuda = device.type == 'cuda'
        self._step_began = time.perf_counter()
        self._inside = 0.0
        self._events: list[tuple[torch.cuda.Event, torch.cuda.Event]] = []

    def __enter__(self) -> Stopwatch:
        """The model begins to compute."""
        if self._cuda:
            pair = (torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True))
            pair[0].record()
            self._events.append(pair)
        else:
            self._began = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        """The model has been given all of the step's work."""
        if self._cuda:
            self._events[-1][1].record()
        else:
            self._inside += time.perf_counter() - self._began

    def lap(self) -> tuple[float, float]:
        """Seconds of the step that ends now, and the share outside the model (0 to 1).

        On an accelerator its work must have ended (a value of it been read).
        """
        now = time.perf_counter()
        seconds, self._step_began = now - self._step_began, now
        inside = self._inside
        for begin, end in self._events:
            inside += begin.elapsed_time(end) / 1000.0
        self._inside, self._events = 0.0, []
        return seconds, min(max(1.0 - inside / max(seconds, 1e-9), 0.0), 1.0)
