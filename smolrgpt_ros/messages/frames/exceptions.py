# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Why there is no transform."""


class TransformException(Exception):
    """Base of all the others."""


class ConnectivityException(TransformException):
    """The frames are in trees that are not connected."""


class ExtrapolationException(TransformException):
    """The time asked for lies outside of what is in the buffer."""


class InvalidArgumentException(TransformException):
    """A frame name is empty or starts with a slash."""


class LookupException(TransformException):
    """A frame is not known, or the tree contains a loop."""


class TimeoutException(TransformException):
    """Something took too long."""
