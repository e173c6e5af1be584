# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures for tests of what carries them; in a file of its own, so that workers find it."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

import numpy as np

from smolrgpt_ros.training.data.pictures import TaughtPicture, TaughtQuestion
from smolrgpt_ros.warehouse.records import RecordError


@dataclass(frozen=True)
class Plain:
    """Tiny pictures, some of which go wrong in a way of their own."""

    count: int = 30
    malformed: int = -1
    killed: int = -1
    unpicklable: int = -1
    fingerprint: str = 'plain'

    def __len__(self) -> int:
        return self.count

    def picture(self, number: int) -> TaughtPicture:
        if number == self.malformed:
            raise RecordError('r7', 'is malformed')
        if number == self.killed:
            os.kill(os.getpid(), signal.SIGKILL)
        if number == self.unpicklable:
            raise Odd(lambda: None)
        colour = np.full((2, 2, 3), number % 256, np.uint8)
        question = TaughtQuestion(f'q{number}', 'How many?', (), str(number), 'count', '')
        return TaughtPicture(str(number), colour, colour[..., 0], None, None, (), (question,))


class Odd(Exception):
    """Cannot cross to another process."""
