# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Keeps a node's memory small, and that of a process that it has for itself."""

from __future__ import annotations

import gc

from rclpy.clock import Clock, ClockType
from rclpy.node import Node

from smolrgpt_ros.allocation import return_free_memory

# What pictures leave behind in ten seconds is a few tens of megabytes at most.
PERIOD_S = 10.0


class Housekeeping:
    """Lets go of what nobody needs any more.

    Garbage collection is tuned, and free memory given back, in a process of its own only.

    Attributes:
        owns_process: nothing else of weight runs in the node's process.
    """

    def __init__(self, node: Node, *, owns_process: bool):
        """Begin to give back memory every ten seconds, by a clock that nobody sets."""
        self.owns_process = owns_process
        self._node = node
        if owns_process:
            node.create_timer(
                PERIOD_S, self.give_back, clock=Clock(clock_type=ClockType.STEADY_TIME)
            )

    def keep_what_is_there(self) -> None:
        """Look no more for garbage among what there is now: engines, modules, the node.

        To look through all of it again and again would stop answers for some 40 ms each time.
        """
        if self.owns_process:
            gc.unfreeze()  # what an earlier activation has left would stay for ever
            gc.collect()
            gc.freeze()

    def give_back(self) -> None:
        """Let go of what nobody refers to any more but itself, and of the pages it took.

        Python looks for such rings after so many new objects, however large the pictures are that
        hang on them. After `keep_what_is_there` it takes a millisecond.
        """
        self._forget_what_was_destroyed()
        if self.owns_process:
            gc.collect()
            return_free_memory()

    def _forget_what_was_destroyed(self) -> None:
        """Of each timer and publisher that is destroyed rclpy keeps a reference to nothing."""
        entities = self._node.default_callback_group.entities
        entities.difference_update([entity for entity in tuple(entities) if entity() is None])
