# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How the C library hands out memory in the node's process."""

from __future__ import annotations

import ctypes

# Of mallopt(3), glibc.
_M_ARENA_MAX = -8
_ARENAS = 2


def share_arenas() -> bool:
    """Let all threads take their memory from two arenas; False where the library has no such thing.

    glibc gives each thread an arena of its own, up to eight a core, and none gives back what a
    picture has left between smaller things. Threads of the middleware and of each activation touch
    one after the other: for half an hour a node grows by tens of megabytes without holding more.
    Call it before threads are started.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    mallopt.argtypes, mallopt.restype = (ctypes.c_int, ctypes.c_int), ctypes.c_int
    return bool(mallopt(_M_ARENA_MAX, _ARENAS))
