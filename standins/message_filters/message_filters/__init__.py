# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The part of ROS 2's message_filters that smolrgpt_ros uses, for machines without ROS.

Written from its documentation, with the same names and the same matches for the same messages. One
difference is deliberate: callbacks run after the lock is released. The original runs them while
    holding it, so that a slow callback holds up every input, and one that raises leaves the
    synchroniser locked for ever. Code that is to work with both must return quickly from its
    callbacks and let no exception out of them.
"""

from message_filters.filters import SimpleFilter, Subscriber
from message_filters.synchronizers import ApproximateTimeSynchronizer, TimeSynchronizer

__all__ = ['ApproximateTimeSynchronizer', 'SimpleFilter', 'Subscriber', 'TimeSynchronizer']
