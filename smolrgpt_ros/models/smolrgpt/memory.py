# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Host memory: giving back what was freed."""

from __future__ import annotations

import ctypes
import sys
from functools import cache


def return_free_memory() -> None:
    """Hand freed memory back to the system, where the C library can (glibc).

    Packing frees a copy of every layer. The allocator keeps such pieces between the packed ones:
    about a tenth of an int8 model that would never be used again.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> ctypes._FuncPointer | None:  # type: ignore[name-defined]
    if not sys.platform.startswith('linux'):
        return None
    return getattr(ctypes.CDLL(None), 'malloc_trim', None)
