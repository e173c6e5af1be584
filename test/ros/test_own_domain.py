# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Domains that no two have at once, in one process and in several."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from smolrgpt_ros.ros import own_domain as module
from smolrgpt_ros.ros.own_domain import DOMAINS, NoDomainError, own_domain

KEEPER = """
import sys
from smolrgpt_ros.ros.own_domain import keep_own_domain
print(keep_own_domain(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Two domains, and a folder for their locks that nobody else uses."""
    monkeypatch.setattr(module, 'DOMAINS', DOMAINS[:2])
    monkeypatch.setattr(module.tempfile, 'gettempdir', lambda: str(tmp_path))
    return tmp_path


def test_two_are_never_in_one(few: Path) -> None:
    with own_domain() as one, own_domain() as other:
        assert {one, other} == {1, 2}
        assert os.environ['ROS_DOMAIN_ID'] == str(other)
        with pytest.raises(NoDomainError, match='from 1 to 2 are in use'), own_domain():
            pass
    with own_domain() as again:
        assert again in (1, 2)


@pytest.mark.parametrize('before', [None, '42'], ids=['unset', 'set'])
def test_the_variable_is_as_before(
    few: Path, monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    if before is None:
        monkeypatch.delenv('ROS_DOMAIN_ID', raising=False)
    else:
        monkeypatch.setenv('ROS_DOMAIN_ID', before)
    with pytest.raises(ZeroDivisionError), own_domain():
        raise ZeroDivisionError
    assert os.environ.get('ROS_DOMAIN_ID') == before


def test_a_lock_of_somebody_else_is_left_alone(few: Path) -> None:
    (few / 'smolrgpt_ros_domain_1.lock').mkdir()  # nobody can open it for writing
    with own_domain() as domain:
        assert domain == 2


def test_processes_keep_theirs_until_they_end() -> None:
    with ExitStack() as stack:
        kept = []
        for _ in range(3):
            process = subprocess.Popen(
                [sys.executable, '-c', KEEPER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            assert process.stdout
            kept.append(int(process.stdout.readline()))
        assert len(set(kept)) == 3
        assert set(kept) <= set(DOMAINS)
