# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One target in this process, until its time is over or an input misbehaves."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import atheris

from fuzz.limits import limited_memory, limited_time
from fuzz.targets import Target


def main(name: str, seeds: Path, arguments: list[str]) -> None:
    """Feed the target `name`; ends the process. `arguments` are libFuzzer's."""
    with atheris.instrument_imports(include=['smolrgpt_ros']):
        from fuzz.targets import target

        tested = target(name)
    _write_seeds(tested, seeds)
    atheris.Setup([f'fuzz {name}', *arguments], functools.partial(_feed, tested))
    with limited_memory():
        atheris.Fuzz()


def _feed(tested: Target, data: bytes) -> None:
    with limited_time():
        tested.check(data)


def _write_seeds(tested: Target, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(tested.seeds()):
        (folder / f'seed_{number:03}').write_bytes(seed)


if __name__ == '__main__':
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
