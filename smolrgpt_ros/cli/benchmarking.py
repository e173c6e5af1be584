# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt bench`: runs a benchmark of the checkout in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from smolrgpt_ros.cli.problem import Problem

CHECKOUT = Path(__file__).parents[2]
KNOWN = (
    'ingest',
    'query',
    'model',
    'tracking',
    'masks',
    'rendering',
    'data',
    'evaluation',
    'mission',
    'deadline',
    'training',
)


def run_benchmark(what: str, arguments: Sequence[str]) -> int:
    """The benchmark's exit code. Raises Problem where there is none of that name or no checkout."""
    if what not in KNOWN:
        raise Problem(f'there is no benchmark {what!r}; known are {", ".join(KNOWN)}')
    if not (CHECKOUT / 'benchmarks' / f'{what}.py').is_file():
        raise Problem(
            f'benchmarks/{what}.py is not at {CHECKOUT}; benchmarks run from a checkout: clone the '
            f'repository, then: make setup && tools/run smolrgpt bench {what}'
        )
    command = [sys.executable, '-m', f'benchmarks.{what}', *arguments]
    return subprocess.run(command, cwd=CHECKOUT, check=False).returncode
