# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which halls are for what: three ranges of hall seeds that share none.

Whatever seed somebody chooses for a data set or for training, its halls are drawn from its own
range; so no network is ever asked about a hall that it has seen.
"""

from __future__ import annotations

# First seed and the one after the last.
WRITTEN_HALLS = (0, 2**31)
TRAINING_HALLS = (2**31, 2**32)
HELD_OUT_HALLS = (2**32, 2**32 + 2**31)
