# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The nodes that faults happen to, and what is written of a run: --reliability FILE."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import QUICK, Bench
from fault_report import reliability_markdown, times_on
from robot import PATIENT, RELIABLE, Robot, Tester

from smolrgpt_ros.ros.running import QUERY_NODE, NodeProcess

_MEASURED = pytest.StashKey[dict[str, float]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption('--reliability', type=Path, help='renew what was run in this table')


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_MEASURED] = {}


@pytest.fixture(scope='session')
def measured_rows(request: pytest.FixtureRequest) -> dict[str, float]:
    """What the rows of this run gave, by name."""
    return request.config.stash[_MEASURED]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    path: Path | None = session.config.getoption('--reliability', None)
    if path is not None:
        before = path.read_text(encoding='utf-8') if path.exists() else ''
        page = reliability_markdown({**times_on(before), **session.config.stash[_MEASURED]})
        path.write_text(page, encoding='utf-8')


@pytest.fixture(scope='module')
def bench(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    module_ros_domain: int,
) -> Iterator[Bench]:
    """The node that a row happens to; rows of one kind share it."""
    scratch = tmp_path_factory.mktemp('faults')
    make = {
        'measuring': _measuring,
        'transforms': _measuring,
        'network': _with_network,
        'process': _in_a_process,
        'another process': _in_a_process,
    }[request.param]
    bench = make(scratch)
    yield bench
    bench.close()


def _measuring(scratch: Path) -> Bench:
    robot = Robot(**QUICK)
    robot.activate()
    return Bench(robot, scratch)


def _with_network(scratch: Path) -> Bench:
    """A small network of random weights, whose answers to closed questions can be read."""
    pytest.importorskip('torch')
    from benchmarks.model_agreement import GOLDEN, golden_checkpoint
    from smolrgpt_ros.models.smolrgpt import pack

    source = golden_checkpoint(scratch / 'published')
    checkpoint = pack(source, GOLDEN / 'tokenizer', scratch / 'packed')
    robot = Robot(checkpoint=str(checkpoint), device='cpu', decode='score', **QUICK)
    robot.activate()
    # Whether the node is well is seen by measuring; the network is asked where a row is about it.
    return Bench(robot, scratch, checkpoint=checkpoint, usual={'engine': 'geometric'})


def _in_a_process(scratch: Path) -> Bench:
    def start() -> NodeProcess:
        return NodeProcess(
            QUERY_NODE,
            parameters=RELIABLE | PATIENT | QUICK | {'tf_timeout': 0.5, 'autostart_node': True},
            environment={'ROS_LOG_DIR': str(scratch / 'log')},
        )

    bench = Bench(Tester(), scratch, start=start)
    try:
        assert bench.tester.client.wait_for_service(60.0), bench.process.log_end()
        bench.tester.wait_for_subscriptions()
    except BaseException:
        bench.close()
        raise
    return bench
