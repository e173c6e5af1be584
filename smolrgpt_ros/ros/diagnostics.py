# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What /diagnostics says: pure functions from counts to statuses, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue

from smolrgpt_ros.messages.arrivals import Arrivals
from smolrgpt_ros.messages.synchroniser import FrameSynchroniser

OK, WARN, ERROR = DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR
_TOLERATED_LOSS = 0.1


@dataclass
class Report:
    """One status in the making: the worst of its findings gives level and message.

    Attributes:
        name: what it is about.
        summary: message where nothing is wrong.
    """

    name: str
    summary: str
    level: bytes = OK
    problems: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)

    def problem(self, sentence: str, level: bytes = WARN) -> None:
        """Add a finding."""
        self.problems.append(sentence)
        self.level = max(self.level, level)

    def message(self) -> DiagnosticStatus:
        """The status as it is published."""
        return DiagnosticStatus(
            level=self.level,
            name=self.name,
            message='; '.join(self.problems) or self.summary,
            hardware_id='',
            values=[KeyValue(key=key, value=value) for key, value in self.values.items()],
        )


def report_input(
    topic: str,
    full_name: str,
    arrivals: Arrivals,
    *,
    now_s: float,
    now_ns: int,
    stale_after_s: float,
    encoding: str,
    unheard: str,
    publishers: int,
    companions: int = 0,
) -> Report:
    """One input: its rate, what never arrived of what was sent, silence.

    Args:
        unheard: what keeps publishers from being heard, '' for nothing.
        publishers: how many publish the topic.
        companions: messages of another topic that have arrived in the last second, of which the
            publisher sends one with each of these.
    """
    report = Report(f'input {topic}', f'{arrivals.rate_hz:.1f} Hz')
    report.values = {
        'topic': full_name,
        'publishers': str(publishers),
        'rate_hz': f'{arrivals.rate_hz:.2f}',
        'received': str(arrivals.received),
        'missing': str(arrivals.missing),
        'pauses': str(arrivals.pauses),
    }
    if encoding:
        report.values['encoding'] = encoding
    if unheard:
        report.problem(unheard, ERROR)
    if arrivals.last_arrived_s is None:
        who = 'nobody publishes it' if not publishers else f'{publishers} publish it'
        report.problem(f'nothing has arrived on {full_name}; {who}')
        return report
    silent_s = now_s - arrivals.last_arrived_s
    if silent_s > stale_after_s:
        who = '' if publishers else f'; nobody publishes {full_name} any more'
        report.problem(f'silent for {silent_s:.1f} s{who}')
    if arrivals.newest_ns is not None:
        age_s = (now_ns - arrivals.newest_ns) / 1e9
        report.values['age_s'] = f'{age_s:.3f}'
        if age_s < -0.1:
            report.problem(
                f'stamped {-age_s:.3f} s in the future: the clocks differ, or one of them is '
                'simulated'
            )
    received, lost = arrivals.lately(now_s)
    sent = max(received + lost, companions)
    if received and sent - received > _TOLERATED_LOSS * sent:
        report.problem(
            f'{received} of {sent} messages sent in the last second have arrived; large pictures '
            'need the shared-memory profile config/fastdds.xml on both sides'
        )
    return report


def report_matching(
    synchroniser: FrameSynchroniser, previous: Mapping[str, int], restart: str
) -> Report:
    """What became of the colour pictures, with a reason for each loss.

    Args:
        previous: 'matched' and 'dropped' at the last report.
        restart: what happened when time jumped back, '' if it did not since the last report.
    """
    report = Report('matching', f'{synchroniser.matched} sets matched')
    report.values = {
        'matched': str(synchroniser.matched),
        'dropped': str(synchroniser.dropped),
        'time_jumps': str(synchroniser.restarts),
        **{
            f'dropped: {kind}': str(count)
            for kind, count in synchroniser.drop_reasons.most_common()
        },
    }
    matched = synchroniser.matched - previous.get('matched', 0)
    dropped = synchroniser.dropped - previous.get('dropped', 0)
    if restart:
        report.problem(restart)
    if dropped:
        reasons = '; '.join(synchroniser.latest_drop[kind] for kind in synchroniser.latest_drop)
        report.problem(
            f'{dropped} of {dropped + matched} pictures dropped since the last report: {reasons}'
        )
    elif not matched:
        missing = synchroniser.missing_inputs()
        report.problem(
            f'no set matched: waiting for {", ".join(missing)}'
            if missing
            else 'no set matched since the last report'
        )
    return report


# How a question may end without anything being wrong with the robot.
_ASKERS_OWN = frozenset(
    (
        'INACTIVE',
        'UNKNOWN_OBJECT',
        'AMBIGUOUS',
        'NOT_UNDERSTOOD',
        'CANCELLED',
        'NO_FREE_SIDE',
    )
)


def report_questions(
    counts: Mapping[str, int],
    latencies_s: Sequence[float],
    *,
    waiting: int,
    problems: Mapping[str, str],
    failures: Mapping[str, tuple[int, str]],
    notes: Mapping[str, str],
) -> Report:
    """Answers and failures by status, latency, queue; engines that could not be loaded.

    Args:
        problems: what is wrong with engines, by name.
        failures: how many questions failed since the last report and why, by name of the status.
        notes: what there is to know of engines that answer, by name.
    """
    answered = counts.get('OK', 0)
    report = Report('questions', f'{answered} answered, {sum(counts.values()) - answered} not')
    report.values = {
        'waiting': str(waiting),
        **{name: str(count) for name, count in sorted(counts.items())},
    }
    if latencies_s:
        ordered = sorted(latencies_s)
        for share in (50, 90, 99):
            position = min(len(ordered) - 1, round(share / 100 * (len(ordered) - 1)))
            report.values[f'latency_p{share}_ms'] = f'{ordered[position] * 1e3:.2f}'
    for name, sentence in problems.items():
        report.problem(sentence, ERROR)
        report.values[f'engine {name}'] = 'not loaded'
    for sentence in notes.values():
        report.problem(sentence)
    for name, (count, sentence) in failures.items():
        if name in _ASKERS_OWN:
            report.values[f'latest {name}'] = sentence
        elif sentence not in problems.values():
            report.problem(
                f'{name} for {count} since the last report: {sentence}',
                ERROR if name == 'ENGINE_FAILED' else WARN,
            )
    return report


def report_scene(
    defects: Sequence[str], notes: Sequence[str], *, regions: int, skipped: int
) -> Report:
    """What could not be used of the picture that was last asked about."""
    report = Report('scene', f'{regions} objects in the picture last asked about')
    report.values = {'objects': str(regions), 'detections_left_out': str(skipped)}
    for defect in defects:
        report.problem(defect)
    if notes:
        more = f' (and {len(notes) - 3} more)' if len(notes) > 3 else ''
        report.problem('; '.join(notes[:3]) + more)
    return report


def report_node(
    state: str, *, failed: str, clock: str, deaf: str, troubles: Sequence[str], renewals: int
) -> Report:
    """The node itself: a failed transition, its clock, its hearing, threads that died, and more.

    Args:
        state: of its lifecycle, in words.
        failed: the transition that failed last, and why; '' where the last one did not.
        clock: what is wrong with its clock, '' for nothing.
        deaf: why it hears nobody any more, '' where it hears.
        troubles: what went wrong inside since the last report.
        renewals: how often it was made anew because it heard nobody.
    """
    report = Report('node', state)
    report.values = {'made_anew': str(renewals)}
    if failed:
        report.problem(failed, ERROR)
    if deaf:
        report.problem(deaf, ERROR)
    if clock:
        report.problem(clock)
    for sentence in troubles:
        report.problem(sentence)
    return report


def report_transforms(
    newest_ns: int | None, now_ns: int, *, wanted: Sequence[str], problem: str, restart: str
) -> Report:
    """Age of TF, what the gravity frame lacks, time that jumped back.

    Args:
        wanted: frames that parameters name.
        restart: what happened when its time jumped back since the last report, '' for nothing.
    """
    report = Report('transforms', 'not needed' if not wanted else f'used for {", ".join(wanted)}')
    if newest_ns is not None:
        report.values['age_s'] = f'{(now_ns - newest_ns) / 1e9:.3f}'
    if problem:
        report.problem(f'the floor is found without TF: {problem}')
    if restart:
        report.problem(restart)
    return report
