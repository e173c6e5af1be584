# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Transitions of a lifecycle node that tell what they raise."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from typing import Any

from rclpy.lifecycle import LifecycleState, TransitionCallbackReturn

_Transition = Callable[[Any, LifecycleState], TransitionCallbackReturn]


def logged(transition: _Transition) -> _Transition:
    """Log what a transition raises: rclpy turns it into ERROR without a word.

    The node keeps in its attribute `failed_transition` which one failed last and why, '' once the
    next one has succeeded.
    """

    @functools.wraps(transition)
    def wrapper(self: Any, state: LifecycleState) -> TransitionCallbackReturn:
        try:
            result = transition(self, state)
        except Exception as error:
            self.get_logger().error(f'{transition.__name__} failed:\n{traceback.format_exc()}')
            self.failed_transition = (
                f'{transition.__name__} failed: {type(error).__name__}: {error}; the traceback is '
                "in the node's log"
            )
            return TransitionCallbackReturn.ERROR
        if transition.__name__ != 'on_error':
            self.failed_transition = ''
        return result

    return wrapper
