# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`python -m fuzz TARGET [--minutes N]`: search for inputs that a reader cannot bear.

The inputs that reached something new are kept in .build/fuzz/TARGET and gone on with the next time.
An input that misbehaves is saved in .build/fuzz/found and ends the search.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
import sys
import time
from pathlib import Path

from fuzz.targets import NAMES

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / '.build' / 'fuzz'
REGRESSIONS = ROOT / 'test' / 'fuzz' / 'corpus'
_MOST_BYTES = 4096
# Of wall time, which is long where the machine is in use; fuzz.limits bounds processor time.
_TIMEOUT_S = 180
_MOST_MEMORY_MB = 3000


def main() -> int:
    """Exit code: 0 where nothing was found, 1 where something was, 2 where it could not be run."""
    parser = argparse.ArgumentParser(
        prog='fuzz', description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument('target', choices=[*NAMES, 'all'], help='what is fed; all: one by one')
    parser.add_argument('--minutes', type=float, default=5.0, help='of each target (default 5)')
    arguments = parser.parse_args()
    if importlib.util.find_spec('atheris') is None:
        print('fuzz: atheris is not installed; `make fuzz` installs it', file=sys.stderr)
        return 2
    names = NAMES if arguments.target == 'all' else (arguments.target,)
    return max(_search(name, arguments.minutes) for name in names)


def _search(name: str, minutes: float) -> int:
    corpus, seeds, found = KEPT / name, KEPT / 'seeds' / name, KEPT / 'found'
    for folder in (corpus, seeds, found, REGRESSIONS / name):
        folder.mkdir(parents=True, exist_ok=True)
    log = KEPT / f'{name}.log'
    command = [
        sys.executable, '-m', 'fuzz.run', name, seeds, corpus, seeds, REGRESSIONS / name,
        f'-max_total_time={round(60 * minutes)}', f'-max_len={_MOST_BYTES}',
        f'-timeout={_TIMEOUT_S}', f'-rss_limit_mb={_MOST_MEMORY_MB}', '-print_final_stats=1',
        f'-artifact_prefix={found}/{name}-',
    ]  # fmt: skip
    started = time.monotonic()
    with log.open('w') as output:
        code = subprocess.run(
            [str(part) for part in command], cwd=ROOT, stdout=output, stderr=output, check=False
        ).returncode
    text = log.read_text(errors='replace')
    runs = re.search(r'stat::number_of_executed_units:\s*(\d+)', text)
    print(
        f'{name}: {int(runs[1]) if runs else 0} inputs in {(time.monotonic() - started) / 60:.1f} '
        f'min, {len(list(corpus.iterdir()))} kept, {"nothing" if code == 0 else "something"} found'
    )
    if code == 0:
        return 0
    print(_what_was_found(text))
    print(f'whole log: {log}')
    return 1


def _what_was_found(text: str) -> str:
    """The traceback, and where the input was saved."""
    start = text.find('=== Uncaught Python exception')
    lines = text[start:].splitlines() if start >= 0 else text.splitlines()[-25:]
    saved = [line for line in text.splitlines() if 'Test unit written to' in line]
    return '\n'.join([*lines[:40], *saved])


if __name__ == '__main__':
    sys.exit(main())
