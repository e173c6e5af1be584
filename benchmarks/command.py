# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The command line that benchmarks of a running node share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from benchmarks import surroundings
from benchmarks.result import Result, report
from smolrgpt_ros.ros.running import RunningError


def run(name: str, seconds: float, measure_all: Callable[[float], list[Result]]) -> int:
    """Exit code: 0 where every bound is kept, 1 where one is missed, 2 without any measurement."""
    parser = argparse.ArgumentParser(prog=f'smolrgpt bench {name}')
    parser.add_argument('--json', action='store_true', help='print one JSON object a line')
    parser.add_argument(
        '--seconds', type=float, default=seconds, help='of each measurement (default %(default)s)'
    )
    arguments = parser.parse_args()
    return concluded(name, lambda: measure_all(arguments.seconds), as_json=arguments.json)


def concluded(name: str, measure_all: Callable[[], list[Result]], *, as_json: bool) -> int:
    """Measure and report; the exit code of `run`, and 130 where somebody interrupts it.

    Processes that were started are ended in any case.
    """
    surroundings.enter()
    surroundings.unwind_on_signals()
    try:
        results = measure_all()
    except RunningError as error:
        print(f'bench {name}: {error}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f'bench {name}: interrupted', file=sys.stderr)
        return 130
    report(results, as_json=as_json)
    return 0 if all(result.good for result in results) else 1
