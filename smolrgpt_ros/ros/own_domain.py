# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A ROS domain to oneself: demo, benchmarks and tests must not hear each other's nodes.

They all start a node of the same name. Two in one domain answer each other's questions, and each
looks to the other like a node with half of its topics.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

DOMAINS = range(1, 102)
"""Above 101 the ports of a domain lie among those that Linux gives to any process."""


class NoDomainError(RuntimeError):
    """Every domain is in use."""


@contextmanager
def own_domain() -> Iterator[int]:
    """Set ROS_DOMAIN_ID, inside, to a domain that nobody else here has who asks in this way.

    Raises:
        NoDomainError: there is none left.
    """
    for domain in random.SystemRandom().sample(DOMAINS, len(DOMAINS)):
        path = Path(tempfile.gettempdir()) / f'smolrgpt_ros_domain_{domain}.lock'
        with ExitStack() as held:
            try:
                lock = held.enter_context(path.open('a'))
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:  # in use, by another user perhaps
                continue
            before = os.environ.get('ROS_DOMAIN_ID')
            os.environ['ROS_DOMAIN_ID'] = str(domain)
            try:
                yield domain
            finally:
                if before is None:
                    del os.environ['ROS_DOMAIN_ID']
                else:
                    os.environ['ROS_DOMAIN_ID'] = before
            return
    raise NoDomainError(
        f'all ROS domains from {DOMAINS[0]} to {DOMAINS[-1]} are in use, or '
        f'{tempfile.gettempdir()} cannot be written to'
    )


def keep_own_domain() -> int:
    """The same until this process ends. Raises NoDomainError."""
    held = ExitStack()
    atexit.register(held.close)
    return held.enter_context(own_domain())
