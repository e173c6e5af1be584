# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the last `make coverage` measured, by folder: tools/run python tools/coverage_by_folder.py.

With --missing also the lines that no test runs, of files below the bound. Exits with 2 where the
whole is below `fail_under` of pyproject.toml.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from coverage import Coverage

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / 'smolrgpt_ros'


@dataclass(frozen=True)
class FileLines:
    """Lines of a source file that can be run, and those of them that were not."""

    path: Path
    lines: int
    missing: tuple[int, ...]


def measured(coverage: Coverage) -> Iterator[FileLines]:
    """Every source file of the package, those that were never imported included."""
    for path in sorted(PACKAGE.rglob('*.py')):
        _, statements, _, missing, _ = coverage.analysis2(str(path))
        if statements:
            yield FileLines(path, len(statements), tuple(missing))


def percent(files: Iterable[FileLines]) -> tuple[int, int, float]:
    """Lines, lines not run, and the share that was, in percent."""
    found = list(files)
    lines, missing = sum(one.lines for one in found), sum(len(one.missing) for one in found)
    return lines, missing, 100.0 * (lines - missing) / lines if lines else 100.0


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--missing', action='store_true', help='name lines that no test runs')
    arguments = parser.parse_args()
    coverage = Coverage(config_file=str(ROOT / 'pyproject.toml'))
    coverage.combine(keep=True)
    coverage.load()
    bound = float(coverage.get_option('report:fail_under') or 0.0)  # type: ignore[arg-type]
    files = list(measured(coverage))
    folders: dict[str, list[FileLines]] = defaultdict(list)
    for one in files:
        folders[one.path.relative_to(PACKAGE).parts[0]].append(one)
    print(f'{"folder":24} {"lines":>7} {"not run":>8} {"run":>7}')
    for name, of_folder in sorted(folders.items()):
        lines, missing, share = percent(of_folder)
        print(f'{name:24} {lines:7} {missing:8} {share:6.1f}%{"  <" if share < bound else ""}')
        for one in of_folder if arguments.missing else ():
            if percent([one])[2] < bound:
                print(f'  {one.path.relative_to(PACKAGE)}: {_ranges(one.missing)}')
    lines, missing, share = percent(files)
    print(f'{"total":24} {lines:7} {missing:8} {share:6.1f}%')
    return 2 if share < bound else 0


def _ranges(lines: tuple[int, ...]) -> str:
    """1, 2, 3, 7 as '1-3, 7'."""
    parts: list[list[int]] = []
    for line in lines:
        if parts and line == parts[-1][1] + 1:
            parts[-1][1] = line
        else:
            parts.append([line, line])
    return ', '.join(f'{a}-{b}' if b > a else str(a) for a, b in parts)


if __name__ == '__main__':
    sys.exit(main())
