# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What can end a training, as types."""

from __future__ import annotations


class TrainingError(RuntimeError):
    """Base of everything that this folder raises on purpose; the message is for a person."""


class SettingsError(TrainingError, ValueError):
    """Settings that contradict each other, the start or the data."""


class ResumeError(TrainingError):
    """What an output folder holds cannot be continued by this command."""


class NotFiniteError(TrainingError):
    """The loss is no number any more; the last good state is untouched."""


class SaveError(TrainingError):
    """A checkpoint could not be written; the one before is untouched."""


class RecordError(TrainingError):
    """A record of the data cannot be used, and `strict` was asked for."""


class PretrainedError(TrainingError):
    """A folder of pretrained weights cannot be used; names the file and the tensor."""
