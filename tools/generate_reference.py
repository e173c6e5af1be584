# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Write the README's tables from what they describe: tools/run python tools/generate_reference.py.

Only what stands between `<!-- begin NAME -->` and `<!-- end NAME -->` is replaced.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from smolrgpt_ros.ros.parameters import parameter_table_markdown

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / 'README.md'
SERVICE = ROOT / 'srv' / 'SpatialQuery.srv'
ANSWER = ROOT / 'msg' / 'SpatialAnswer.msg'

_CONSTANT = re.compile(r'^uint8 (?P<name>\w+)=(?P<value>\d+)\s*#\s*(?P<meaning>.+)$', re.MULTILINE)


def constants_table_markdown(path: Path, headings: tuple[str, str, str]) -> str:
    """Rows of the commented uint8 constants in an interface file."""
    lines = [f'| {" | ".join(headings)} |', '|---|---|---|']
    for constant in _CONSTANT.finditer(path.read_text(encoding='utf-8')):
        meaning = re.sub(r'\s{2,}', '; ', constant['meaning'])
        lines.append(f'| {constant["value"]} | `{constant["name"]}` | {meaning} |')
    return '\n'.join(lines) + '\n'


def sections() -> dict[str, str]:
    """Every generated part of the README by the name in its markers."""
    return {
        'statuses': constants_table_markdown(SERVICE, ('value', 'status', 'meaning')),
        'categories': constants_table_markdown(ANSWER, ('value', 'category', 'how to read it')),
        'parameters': parameter_table_markdown(),
    }


def with_sections(text: str, contents: dict[str, str]) -> str:
    """The text with its marked parts replaced. Raises ValueError where a marker is missing."""
    for name, content in contents.items():
        begin, end = f'<!-- begin {name} -->\n', f'<!-- end {name} -->'
        if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
            raise ValueError(f'README.md needs the lines {begin.strip()} and {end}, once each')
        head, _, rest = text.partition(begin)
        text = head + begin + content + end + rest.partition(end)[2]
    return text


def main() -> int:
    """Write the README; with --check, say whether it is current and leave it as it is."""
    text = README.read_text(encoding='utf-8')
    current = with_sections(text, sections())
    if '--check' in sys.argv[1:]:
        if current != text:
            print('README.md is not current; run tools/generate_reference.py', file=sys.stderr)
        return int(current != text)
    README.write_text(current, encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main())
