# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Write docs/reference from the code: tools/run python tools/generate_reference.py [--check]."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from reference.commands import commands_page
from reference.diagnostics import diagnostics_page
from reference.interfaces import interfaces_page, statuses_page
from reference.markdown import page

from smolrgpt_ros.ros.parameters import parameter_table_markdown

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / 'docs' / 'reference'

PAGES: dict[str, Callable[[], str]] = {
    'parameters.md': lambda: parameters_page(),
    'interfaces.md': lambda: interfaces_page(ROOT),
    'statuses.md': lambda: statuses_page(ROOT),
    'diagnostics.md': lambda: diagnostics_page(ROOT),
    'commands.md': commands_page,
}
"""What each page of the folder is made by."""


def parameters_page() -> str:
    """The parameters of the node `spatial_query`."""
    return page(
        'Parameters of spatial_query',
        '[config/warehouse.yaml](../../config/warehouse.yaml) sets them for the launch file; '
        '`ros2 param describe /spatial_query NAME` tells the same while the node runs. What '
        'applies at configure takes effect after `ros2 lifecycle set /spatial_query cleanup` and '
        '`configure`. Values out of range are refused with the reason.',
        parameter_table_markdown(),
    )


def outdated() -> dict[Path, str]:
    """Pages that are not what they would be written as, with what they would be."""
    current = {FOLDER / name: make() for name, make in PAGES.items()}
    return {
        path: text
        for path, text in current.items()
        if not path.is_file() or path.read_text(encoding='utf-8') != text
    }


def main() -> int:
    """Write the pages; with --check, name those that are not current and leave them."""
    pages = outdated()
    if '--check' in sys.argv[1:]:
        for path in pages:
            print(
                f'{path.relative_to(ROOT)} is not current; run tools/generate_reference.py',
                file=sys.stderr,
            )
        return int(bool(pages))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in pages.items():
        path.write_text(text, encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main())
