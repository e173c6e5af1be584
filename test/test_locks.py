# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The locks: complete, with the hash of every file, and of the pins as they are now."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / 'requirements'
PIN = re.compile(r'([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)')
NOT_LOCKED = {'torch'}  # its file is another one on each index


def locks() -> dict[str, tuple[tuple[str, ...], str]]:
    spec = importlib.util.spec_from_file_location('lock', ROOT / 'tools' / 'lock.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.LOCKS


def canonical(name: str) -> str:
    return re.sub(r'[-_.]+', '-', name).lower()


def pinned(path: Path) -> set[tuple[str, str]]:
    matches = (PIN.match(line) for line in path.read_text().splitlines())
    return {(canonical(match[1]), match[2]) for match in matches if match}


LOCKS = locks()


@pytest.mark.parametrize('name', LOCKS)
def test_a_lock_has_its_pins(name):
    lock = pinned(REQUIREMENTS / f'{name}.lock')
    wanted = {pin for file in LOCKS[name][0] for pin in pinned(REQUIREMENTS / f'{file}.txt')}
    missing = {pin for pin in wanted - lock if pin[0] not in NOT_LOCKED}
    assert not missing, f'run `make lock`: requirements/{name}.lock lacks {missing}'


@pytest.mark.parametrize('name', LOCKS)
def test_every_file_of_a_lock_has_a_hash(name):
    text = (REQUIREMENTS / f'{name}.lock').read_text()
    entries = re.split(r'\n(?=[\w])', text.partition('\n')[2])
    assert entries
    for entry in entries:
        first, *hashes = entry.rstrip('\n').replace(' \\\n', '\n').split('\n')
        assert PIN.match(first), first
        assert hashes, f'{first} has no hash'
        assert all(re.fullmatch(r'    --hash=sha256:[0-9a-f]{64}', line) for line in hashes), first


@pytest.mark.parametrize('name', LOCKS)
def test_a_lock_names_no_index_and_no_address(name):
    text = (REQUIREMENTS / f'{name}.lock').read_text()
    assert '://' not in text
    assert '--index' not in text
    assert '@ ' not in text


def test_locks_agree_where_they_are_installed_into_one_environment():
    by_name: dict[str, set[str]] = {}
    for name in LOCKS:
        for package, version in pinned(REQUIREMENTS / f'{name}.lock'):
            by_name.setdefault(package, set()).add(version)
    setup = pinned(REQUIREMENTS / 'setup.lock')
    for package, version in setup:
        others = by_name[package] - {v for p, v in setup if p == package}
        assert not others, f'{package} is {version} in setup.lock and {others} elsewhere'


def test_every_requirements_file_is_locked_or_says_why_not():
    files = {path.stem for path in REQUIREMENTS.glob('*.txt')}
    locked = {pin for pins, _ in LOCKS.values() for pin in pins}
    # what is installed beside a ROS fits what that brings, and has no versions of its own
    assert files - locked == {'beside_ros'}
