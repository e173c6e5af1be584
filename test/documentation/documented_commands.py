# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Blocks of shell in the documentation, with the comment that says how each is tested."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for path in (
        ROOT / 'README.md',
        ROOT / 'CONTRIBUTING.md',
        *(ROOT / 'docs').rglob('*.md'),
        *(ROOT / 'docker').rglob('*.md'),
        *(ROOT / 'benchmarks').rglob('*.md'),
        *(ROOT / 'fuzz').rglob('*.md'),
        ROOT / 'smolrgpt_ros' / 'models' / 'CARD.md',
    )
    if path.is_file()
)
SHELLS = ('sh', 'bash', 'shell', 'console')
MODES = ('run', 'check', 'other', 'runs')

_FENCE = re.compile(r'^(?P<indent> *)```(?P<language>\w*)\s*$')
_TAG = re.compile(r'^ *<!-- docs: (?P<mode>\w+)(?P<rest>.*?) -->\s*$')


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        language: '' where none is said.
        tag: what follows `docs:` in the comment before it, '' for no comment.
    """

    page: Path
    line: int
    language: str
    tag: str
    text: str

    @property
    def is_shell(self) -> bool:
        """Whether it is tested as commands."""
        return self.language in SHELLS

    @property
    def mode(self) -> str:
        """The first word of the tag."""
        return self.tag.replace('=', ' ').partition(' ')[0]

    def option(self, name: str, default: str = '') -> str:
        """`name=value` of the tag."""
        found = re.search(rf'\b{name}=(\([^)]*\)|\S+)', self.tag)
        return found[1].strip('()') if found else default

    @property
    def name(self) -> str:
        """Where it stands."""
        return f'{self.page.relative_to(ROOT)}:{self.line}'


def blocks_of(page: Path, text: str | None = None) -> list[Block]:
    """Every fenced block of a page."""
    found: list[Block] = []
    lines = (page.read_text(encoding='utf-8') if text is None else text).splitlines()
    tag, start, language, indent, content = '', 0, '', '', list[str]()
    for number, line in enumerate(lines, 1):
        fence = _FENCE.match(line)
        if start and fence and not fence['language']:
            found.append(Block(page, start, language, tag, '\n'.join(content) + '\n'))
            tag, start = '', 0
        elif start:
            content.append(line.removeprefix(indent))
        elif fence:
            start, language, indent, content = number, fence['language'], fence['indent'], []
        elif (said := _TAG.match(line)) is not None:
            tag = said['mode'] + said['rest']
        elif line.strip():
            tag = ''
    return found


def commands_in(text: str) -> Iterator[list[str]]:
    """Each simple command of a shell text, as words: without comments, variables and redirections.

    A here-document is left out. Raises ValueError for quotes that do not close.
    """
    text = re.sub(r"<<'?(\w+)'?\n.*?\n\1\n", '\n', text, flags=re.DOTALL)
    for line in text.replace('\\\n', ' ').splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars='&|;<>')
        lexer.whitespace_split = True
        lexer.commenters = '#'
        words: list[str] = []
        skip = False
        for word in lexer:
            if word and set(word) <= set('&|;'):
                yield from _command(words)
                words = []
            elif word and set(word) <= set('<>'):
                skip = True
            elif skip:
                skip = False
            else:
                words.append(word)
        yield from _command(words)


def _command(words: list[str]) -> Iterator[list[str]]:
    while words and re.match(r'^[A-Za-z_]\w*=', words[0]):
        words = words[1:]
    if words:
        yield words
