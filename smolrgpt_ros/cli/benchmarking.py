# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`smolrgpt bench`: becomes a benchmark of the checkout."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

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
    'cancel',
    'cost',
    'training',
    'soak',
    'flood',
    'lifecycle',
)


def run_benchmark(what: str, arguments: Sequence[str]) -> NoReturn:
    """Run a benchmark in place of this program, so that signals reach it and nothing stays behind.

    Raises Problem where there is none of that name or no checkout.
    """
    if what not in KNOWN:
        raise Problem(f'there is no benchmark {what!r}; known are {", ".join(KNOWN)}')
    if not (CHECKOUT / 'benchmarks' / f'{what}.py').is_file():
        raise Problem(
            f'benchmarks/{what}.py is not at {CHECKOUT}; benchmarks run from a checkout: clone the '
            f'repository, then: make setup && tools/run smolrgpt bench {what}'
        )
    sys.stdout.flush()
    os.chdir(CHECKOUT)
    os.execv(sys.executable, [sys.executable, '-m', f'benchmarks.{what}', *arguments])
