# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How the C library (glibc) hands out memory, and how it gives back what was freed.

Elsewhere nothing happens: other libraries have neither these habits nor these functions.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

# Of mallopt(3), glibc.
_M_ARENA_MAX = -8


def share_one_arena() -> bool:
    """Let all threads take their memory from one arena; False where the library has no such thing.

    glibc gives each thread an arena of its own, up to eight a core. Threads of the middleware and
    of each activation touch one after the other, and of each what is free at its top stays for
    good: only that of the first one `return_free_memory` can give back. Call it before any thread
    is started, also by an import: a thread keeps the arena that it has.
    """
    mallopt = _function('mallopt', ctypes.c_int, ctypes.c_int)
    return mallopt is not None and bool(mallopt(_M_ARENA_MAX, 1))


def return_free_memory() -> bool:
    """Hand whole pages of freed memory back to the system; False where there was none, or no way.

    By itself glibc gives back only what lies at the very top of an arena, and only where that is
    much. What a picture or a copy of a model's layer leaves between things that stay is kept, more
    of it from hour to hour. It
    takes milliseconds, during which other threads may run Python but may have to wait for memory.
    """
    malloc_trim = _function('malloc_trim', ctypes.c_size_t)
    return malloc_trim is not None and bool(malloc_trim(0))


@cache
def _function(name: str, *argument_types: Any) -> ctypes._FuncPointer | None:  # type: ignore[name-defined]
    try:
        function = getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError, TypeError):  # musl, macOS; Windows has no library None
        return None
    function.argtypes, function.restype = argument_types, ctypes.c_int
    return function
