# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""docs/reliability.md: the fault table with what a run of the tests has measured."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping
from pathlib import Path

from fault import RECOVERY_BOUND_S, Fault, Told
from table import INSIDE, MESSAGES, NETWORKS, PROCESSES, QUESTIONS, STREAMS, TIME, TRANSFORMS

SECTIONS: Mapping[str, tuple[Fault, ...]] = {
    'Pictures that do not come': STREAMS,
    'Time': TIME,
    'Transforms': TRANSFORMS,
    'Messages that make no sense': MESSAGES,
    'Questions and those who ask them': QUESTIONS,
    'Inside of the node': INSIDE,
    'Networks and accelerators': NETWORKS,
    'The process': PROCESSES,
}

_HEADINGS = ('fault', 'brought about by', 'status', 'on /diagnostics', 'well again after')
_INTRODUCTION = """# What happens when something goes wrong

Every row is a test over the real middleware (`test/ros/faults/table.py`): the running node is asked
about a camera's pictures at 10 Hz, the fault is done to it, the answer and `/diagnostics` are read
while it lasts, and the time is taken from its end until a question about a new picture is answered
and diagnostics no longer speak of it. The bound is {bound:g} s for every fault that ends.

- **status**: what a question is answered with meanwhile; its `message` says why in a sentence.
  `OK`: what was asked can be answered all the same.
- **on /diagnostics**: level, report, and words of its message ("value": nothing is wrong with the
  node, and it is said among the values of the report).
- **well again after**: seconds, on {machine}, beside other work; of each row, the
  latest run that was within the bound. Diagnostics were published every 0.1 s there
  (`diagnostics.period`); with the default of 1 s they follow up to a second later.

The middleware, the node, its threads and processes, the files and signals are real. CUDA's errors
are raised by the type that torch raises, on a machine without a GPU. After an error that breaks
CUDA for a whole process (an illegal memory access), loading the network again fails as well, and
the node measures alone until its process is started anew. One that has died is, at once, with
`use_respawn:=true` of the launch file, and the node activates itself; its ids begin anew, and what
was asked of the dead one is lost. Fast DDS lets others go on writing into the queues of the dead
for a while, and gives their names to who comes next, which then waited 4 to 6 s for its first
picture: nodes of this package take names of their own, and at their start they remove the memory
that dead processes have left in /dev/shm (34 MB each) where no process that they can see has it
open. A checkpoint in use is best replaced by renaming: a file cut off while a picture is being
encoded can end the process. A process that gets no processor for longer than a second or two is
taken for dead by Fast DDS, which then sometimes leaves it deaf. The node notices, says so on
`/diagnostics` and in its log, and within a second makes itself anew in the same process, with
queues that others find: same parameters, same state of its lifecycle, same ids. What was asked of
the deaf one is lost (ask again after a time-out), and a network is loaded once more. So does
`yolo_detections_node`, and `pick_and_place` as soon as no mission is under way.
[config/fastdds.xml](../config/fastdds.xml) raises the time after which Fast DDS gives a process up
from one second to two; more would have others wait longer for a camera driver that has crashed and
was started anew. systemd has the same effect on nodes of a user who logs out, whose shared memory
it removes (`RemoveIPC=no` in logind.conf keeps it).

Of files that training and evaluation read, faults are told by record, and counted at the end:
[evaluation](howto/evaluation.md).

`tools/run python -m pytest test/ros/faults --reliability docs/reliability.md` renews what it runs.
"""


NOT_MEASURED = '-'
_TIME = re.compile(r'(?<![\d.])\d+\.\d\d(?![\d.])(?=[^|]*\|$)')


def reliability_markdown(seconds: Mapping[str, float]) -> str:
    """The page, with how long each row took until all was well, by its name."""
    parts = [_INTRODUCTION.format(bound=RECOVERY_BOUND_S, machine=machine())]
    for title, faults in SECTIONS.items():
        parts.append(f'\n## {title}\n\n| {" | ".join(_HEADINGS)} |\n|{"---|" * len(_HEADINGS)}\n')
        parts += [f'{row(fault, seconds.get(fault.name))}\n' for fault in faults]
    return ''.join(parts)


def row(fault: Fault, seconds: float | None) -> str:
    """A line of the table."""
    took = NOT_MEASURED if seconds is None else f'{seconds:.2f}'
    after = fault.final or fault.ends
    end = f'{took} ({after})' if after else took
    told = _told(fault.told)
    meanwhile = ''.join(f' (for a moment `{status}`)' for status in fault.meanwhile)
    cells = (fault.name, fault.injected, f'`{fault.status}`{meanwhile}', told, end)
    return f'| {" | ".join(cell.replace("|", chr(92) + "|") for cell in cells)} |'


def without_times(page: str) -> list[str]:
    """The rows of a page without what a run measured."""
    lines = [line for line in page.splitlines() if line.startswith('|')]
    return [_TIME.sub(NOT_MEASURED, line) for line in lines]


def times_on(page: str) -> dict[str, float]:
    """What earlier runs have measured, by name of the row."""
    rows = (
        (line.split('|')[1].strip(), _TIME.search(line))
        for line in page.splitlines()
        if line.startswith('|')
    )
    return {name: float(found[0]) for name, found in rows if found}


def machine() -> str:
    """What the times were measured on."""
    name = platform.machine()
    for line in Path('/proc/cpuinfo').read_text(encoding='utf-8').splitlines():
        if line.startswith('model name'):
            name = line.partition(':')[2].strip()
            break
    return f'{os.cpu_count()} cores of {name}'


def _told(told: Told) -> str:
    level = 'value' if told.level == 'OK' else told.level
    return f'{level}, {told.report}: {" ... ".join(told.words)}'
