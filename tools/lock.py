# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Write requirements/*.lock: every package that the pins bring, with the hashes of its files.

`make lock` runs it after a pin has changed; a test says when it was forgotten. Names of locks as
arguments: these only.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / 'requirements'
# lock: (its pins, the oldest Python they are for)
LOCKS = {
    'setup': (('ros', 'core', 'test'), '3.10'),
    'neural': (('neural',), '3.10'),
    'coverage': (('coverage',), '3.11'),
    'release': (('release',), '3.10'),
    'fuzz': (('fuzz',), '3.11'),
}
# torch's file, hence its hash, is another one on each index (CPU, CUDA, Jetson), and what torch
# needs of CUDA comes with those builds only.
_WITH_TORCH = ('torch', 'triton', 'nvidia-', 'cuda-')
_HEADER = '# Written by `make lock` from {pins}; installed with --require-hashes.\n'


def main() -> int:
    """Write all locks; the exit code of what failed."""
    for name in sys.argv[1:] or LOCKS:
        pins, python = LOCKS[name]
        print(f'lock: requirements/{name}.lock', flush=True)
        compiled = subprocess.run(
            _command(name, pins, python), cwd=ROOT, capture_output=True, text=True, check=False
        )
        if compiled.returncode:
            print(compiled.stderr, file=sys.stderr)
            return compiled.returncode
        header = _HEADER.format(pins=', '.join(f'{pin}.txt' for pin in pins))
        kept = ''.join(entry for entry in _entries(compiled.stdout) if not _is_with_torch(entry))
        (REQUIREMENTS / f'{name}.lock').write_text(header + kept)
    return 0


def _command(name: str, pins: tuple[str, ...], python: str) -> list[str]:
    """`uv pip compile` for every Python from `python` on, whatever machine this is."""
    before = {'setup': (), 'neural': ('setup',)}.get(name, ('setup', 'neural'))
    constraints = [
        part for lock in before for part in ('--constraints', f'requirements/{lock}.lock')
    ]
    return [
        *('uv', 'pip', 'compile', '--quiet', '--universal', '--python-version', python),
        *('--generate-hashes', '--no-header', '--no-annotate', '--no-config'),
        *constraints,
        *(f'requirements/{pin}.txt' for pin in pins),
    ]


def _entries(text: str) -> Iterator[str]:
    """Each package with its hashes."""
    entry = ''
    for line in text.splitlines(keepends=True):
        if entry and not line.startswith(' '):
            yield entry
            entry = ''
        entry += line
    yield entry


def _is_with_torch(entry: str) -> bool:
    name = entry.partition('==')[0]
    return name == 'torch' or name.startswith(_WITH_TORCH[1:])


if __name__ == '__main__':
    sys.exit(main())
