# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Memory that was freed between things that stay goes back to the system."""

from __future__ import annotations

import json
import platform
import subprocess
import sys

import pytest

from smolrgpt_ros import allocation

HAS_GLIBC = platform.libc_ver()[0] == 'glibc'

# A process of its own: how memory lies in that of the tests, nobody knows.
PROGRAM = """
import json, os
from smolrgpt_ros.allocation import return_free_memory, share_one_arena

def resident_mb():
    with open('/proc/self/statm') as pages:
        return int(pages.read().split()[1]) * os.sysconf('SC_PAGE_SIZE') / 1e6

shared = share_one_arena()
# Below what glibc maps one by one; written to, or they would not be resident.
pieces = [bytearray(b'x') * 60_000 for _ in range(1_000)]
stays = pieces[::10] + pieces[-1:]  # the last one keeps the top
del pieces
freed = resident_mb()
returned = return_free_memory()
print(json.dumps([shared, returned, freed, resident_mb(), sum(map(len, stays))]))
"""


@pytest.mark.skipif(not HAS_GLIBC, reason='only glibc has these functions')
def test_what_lies_between_things_that_stay_is_given_back():
    ended = subprocess.run(
        [sys.executable, '-c', PROGRAM], capture_output=True, text=True, timeout=60, check=True
    )
    shared, returned, freed_mb, left_mb, stays = json.loads(ended.stdout)
    assert shared is True
    assert returned is True
    assert freed_mb - left_mb > 45.0  # of the 54 MB that were freed
    assert stays == 101 * 60_000


# As pictures do: blocks so large that glibc, once they have been freed, keeps as much at the top.
IN_A_THREAD = """
import json, os, threading
from smolrgpt_ros.allocation import return_free_memory, share_one_arena

def resident_mb():
    with open('/proc/self/statm') as pages:
        return int(pages.read().split()[1]) * os.sysconf('SC_PAGE_SIZE') / 1e6

share_one_arena()
bytearray(b'x') * 16_000_000
stays = []

def work():
    pieces = [bytearray(b'x') * 60_000 for _ in range(200)]
    stays.append(pieces[0])

thread = threading.Thread(target=work)
thread.start()
thread.join()
freed = resident_mb()
return_free_memory()
print(json.dumps([freed, resident_mb()]))
"""


@pytest.mark.skipif(not HAS_GLIBC, reason='only glibc has these functions')
def test_what_a_thread_has_freed_is_given_back_to_the_last():
    ended = subprocess.run(
        [sys.executable, '-c', IN_A_THREAD], capture_output=True, text=True, timeout=60, check=True
    )
    freed_mb, left_mb = json.loads(ended.stdout)
    assert freed_mb - left_mb > 10.0  # of the 12 MB that were freed


def test_another_library_is_left_alone(monkeypatch):
    class Musl:
        def __init__(self, name):
            pass

    monkeypatch.setattr(allocation.ctypes, 'CDLL', Musl)
    allocation._function.cache_clear()
    try:
        assert allocation.return_free_memory() is False
        assert allocation.share_one_arena() is False
    finally:
        allocation._function.cache_clear()
