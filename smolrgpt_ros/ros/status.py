# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Names of every way in which a question, a goal or a request for a pick target may end."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from smolrgpt_ros.action import AskSpatial
from smolrgpt_ros.messages.status import Status
from smolrgpt_ros.srv import PickTarget

STATUS_NAMES: Mapping[int, str] = MappingProxyType({status.value: status.name for status in Status})
"""Name of every status constant of SpatialQuery.srv."""

OUTCOME_NAMES: Mapping[int, str] = MappingProxyType(
    {
        **STATUS_NAMES,
        AskSpatial.Result.CANCELLED: 'CANCELLED',
        PickTarget.Response.NO_FREE_SIDE: 'NO_FREE_SIDE',
    }
)
"""Name of every status that a question, a goal or a request for a pick target may end with."""
