# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What ends a command early: a sentence for a person, and an exit code for a script."""

from __future__ import annotations

NOT_ANSWERED = 1
BAD_INPUT = 2
LOST_WORKER = 'a worker process has died, perhaps for want of memory; --processes 1 needs least'


class Problem(Exception):
    """Something the user can put right; the message says what is wrong and what would help."""

    def __init__(self, message: str, exit_code: int = BAD_INPUT):
        super().__init__(message)
        self.exit_code = exit_code
