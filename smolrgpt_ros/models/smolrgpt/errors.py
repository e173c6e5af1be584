# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with a network, as types."""

from __future__ import annotations


class SmolRgptError(RuntimeError):
    """Base of everything this folder raises on purpose."""


class CheckpointError(SmolRgptError):
    """A checkpoint folder cannot be used; the message names the file, key or tensor at fault."""


class PromptError(SmolRgptError, ValueError):
    """A prompt cannot be asked: masks and ``<mask>`` tokens do not match, or it is too long."""


class ModelMemoryError(SmolRgptError):
    """The device has no memory left for the model or for this batch."""


class NetworkLostError(SmolRgptError):
    """The network has to be loaded again.

    Its device failed, or its file was overwritten while it was in use.
    """


class ModelClosedError(SmolRgptError):
    """The model's memory was already given back by ``close``."""
