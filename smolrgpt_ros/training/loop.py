# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The loop: batches in, a checkpoint out, whatever happens in between."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedDataParallelKwargs, gather_object, set_seed
from torch import Tensor, nn

from smolrgpt_ros.models.batch import TaughtBatch
from smolrgpt_ros.models.smolrgpt.checkpoint import WEIGHTS
from smolrgpt_ros.training.data.pictures import Pictures

from .errors import NotFiniteError, SaveError
from .feed import Feed, Portion, portions_from
from .interruption import Interruption
from .journal import Journal, Step
from .learner import Learner, Taught
from .optimiser import optimiser_of
from .problems import Problems
from .schedule import freeze_but, parameter_groups, probe_group, set_rates, share_of_peak
from .settings import Settings
from .state import (
    State,
    load_state,
    random_states,
    reason,
    replaced_files,
    restore_random,
    save_state,
)
from .stopwatch import Stopwatch


@dataclass(frozen=True)
class Outcome:
    """How a run ended: after `step` of `steps`, by `signal` (0: it was complete).

    `main` is true in the one process that speaks for all `processes`.
    """

    step: int
    steps: int
    signal: int
    problems: Problems
    main: bool
    processes: int


@dataclass(frozen=True)
class Watch:
    """Who is told of a run: `begin(step, steps)`, `each(step)` and sentences to `say`."""

    begin: Callable[[int, int], None] = lambda _step, _steps: None
    each: Callable[[Step], None] = lambda _step: None
    say: Callable[[str], None] = lambda _sentence: None


@dataclass(frozen=True)
class Moved:
    """All parts of one step's batch on the device."""

    batches: tuple[TaughtBatch, ...]
    portions: tuple[Portion, ...]


class Run:
    """One run of one stage."""

    def __init__(
        self,
        learner: Learner,
        trained: frozenset[str],
        pictures: Pictures,
        settings: Settings,
        watch: Watch,
        accelerator: Accelerator,
    ) -> None:
        """Continue what `settings.out` holds, else begin. Raises `ResumeError`."""
        self.learner, self.settings, self.watch = learner, settings, watch
        self.accelerator, self.device = accelerator, accelerator.device
        self.processes, self.main = accelerator.num_processes, accelerator.is_main_process
        freeze_but(learner.network, learner.parts, trained)
        set_seed(settings.seed, device_specific=True)
        self.fingerprint = {
            **settings.fingerprint(self.processes),
            'pictures': pictures.fingerprint,
            'trained': ', '.join(sorted(trained)),
        }
        self.module = accelerator.prepare_model(Taught(learner))
        optimisation = settings.optimisation
        groups = parameter_groups(
            learner.network, learner.parts, optimisation.peaks(), optimisation.weight_decay
        )
        if learner.probes is not None:
            groups.append(probe_group(learner.probes, optimisation.rate))
        self.optimiser = optimiser_of(groups, optimisation)
        self.weights = [p for group in self.optimiser.param_groups for p in group['params']]
        self.feed = Feed(
            pictures,
            learner.preparation,
            settings.portions,
            seed=settings.seed,
            rank=accelerator.process_index,
            processes=self.processes,
            strict=settings.strict,
        )
        self.step, self.saved, self.seconds, self.problems = 0, 0, 0.0, Problems()
        self._continue(pictures)

    @property
    def module_of_state(self) -> nn.Module:
        """All that has weights, under the names that the state has."""
        network, probes = self.learner.network, self.learner.probes
        return network if probes is None else nn.ModuleDict({'network': network, 'probes': probes})

    def _continue(self, pictures: Pictures) -> None:
        state = load_state(self.settings.training, self.fingerprint)
        if state is None:
            if self.main:
                self.problems.add_all(getattr(pictures, 'problems', None))
            return
        self.module_of_state.load_state_dict(state.network)
        self.optimiser.load_state_dict(dict(state.optimiser))
        rank = self.accelerator.process_index
        restore_random(state.random[rank], self.device)
        self.problems = Problems(state.problems[rank])
        self.step = self.saved = state.step
        self.seconds = state.seconds
        self.watch.say(f'continuing after step {state.step} of {self.settings.steps}')

    def __call__(self) -> Outcome:
        """Train to the end, or to a signal.

        Raises `NotFiniteError`, `RecordError`, and `SaveError` for the last checkpoint.
        """
        steps = self.settings.steps
        journal = Journal(self.settings.training, self.step) if self.main else None
        self.watch.begin(self.step, steps)
        signal, fed = 0, self._fed()
        try:
            with Interruption() as interruption:
                stopwatch = Stopwatch(self.device)
                moved = next(fed, None)
                if moved is None:  # complete, but perhaps killed between its two last files
                    self._export()
                while moved is not None and not signal:
                    moved, signal = self._advance(moved, fed, stopwatch, journal, interruption)
                    last = bool(signal) or self.step == steps
                    if last or self.step % self.settings.save_every == 0:
                        self._save(last=last)
        finally:
            fed.close()
            if journal is not None:
                journal.close()
        problems = Problems.joined(self._together(self.problems.values()))
        return Outcome(self.step, steps, signal, problems, self.main, self.processes)

    def _advance(
        self,
        moved: Moved,
        fed: Iterator[Moved],
        stopwatch: Stopwatch,
        journal: Journal | None,
        interruption: Interruption,
    ) -> tuple[Moved | None, int]:
        """One step; returns the next one's batch, and the signal that any process got."""
        tokens, questions = self._counted(moved)
        with stopwatch:
            sums = self._learnt(moved, tokens)
        self.step += 1
        # Fetched while an accelerator still computes.
        following = next(fed, None)
        told = self._reduced(sums, interruption.signal)
        seconds, outside = stopwatch.lap()
        self.seconds += seconds
        step = Step(
            step=self.step,
            loss=told.total / tokens,
            further=told.further,
            gradient=told.gradient,
            rate=max(group['lr'] for group in self.optimiser.param_groups),
            questions=questions,
            tokens=tokens,
            seconds=seconds,
            outside=outside,
            elapsed=self.seconds,
            problems=told.problems,
        )
        if not math.isfinite(step.loss + step.further + step.gradient):
            raise NotFiniteError(self._not_finite(step, moved))
        lost = journal.write(step) if journal is not None else None
        if lost:
            self.watch.say(lost)
        self.watch.each(step)
        return following, told.signal

    def _counted(self, moved: Moved) -> tuple[int, int]:
        """Answer tokens and questions of the step over all processes.

        Counted before the gradient is computed: the mean over all tokens of all processes is not
        the mean of the processes' means, because their answers are not equally long.
        """
        counts = torch.tensor(
            [
                sum(portion.batch.taught_tokens for portion in moved.portions),
                sum(portion.batch.questions for portion in moved.portions),
            ],
            dtype=torch.float64,
            device=self.device,
        )
        if self.processes > 1:
            counts = self.accelerator.reduce(counts, 'sum')
        tokens, questions = counts.tolist()
        return max(int(tokens), 1), int(questions)

    def _learnt(self, moved: Moved, tokens: int) -> Tensor:
        """Move the weights; returns the token losses' sum, what is added, the gradient's norm."""
        settings, accelerator = self.settings, self.accelerator
        total = torch.zeros((), device=self.device)
        added = torch.zeros((), device=self.device)
        parts = len(moved.batches)
        for number, batch in enumerate(moved.batches):
            last = number == parts - 1
            with nullcontext() if last else accelerator.no_sync(self.module):
                loss, further = self.module(batch)
                # The gradients of the processes are averaged, hence the factor.
                mean = loss * (self.processes / tokens)
                if further is not None:
                    mean = mean + further / parts
                    added = added + further.detach() / parts
                accelerator.backward(mean)
            total = total + loss.detach()
        gradient = torch.nn.utils.clip_grad_norm_(self.weights, settings.optimisation.clip)
        warmup = settings.optimisation.warmup_steps(settings.steps)
        set_rates(self.optimiser, share_of_peak(self.step, settings.steps, warmup))
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        return torch.stack((total.float(), added.float(), gradient.float()))

    def _reduced(self, sums: Tensor, signal: int) -> _Told:
        """What all processes together found."""
        if self.processes == 1:
            total, further, gradient = sums.tolist()
            return _Told(total, further, gradient, self.problems.count, signal)
        notes = torch.tensor([signal, self.problems.count], device=self.device)
        values = torch.cat((sums, notes.to(sums))).double()
        every = self.accelerator.gather(values[None])  # (processes, 5)
        total, _, _, _, problems = every.sum(0).tolist()
        return _Told(
            total,
            float(every[:, 1].mean()),
            float(every[:, 2].max()),
            int(problems),
            int(every[:, 3].max()),
        )

    def _fed(self) -> Generator[Moved, None, None]:
        """The batches of the steps that are left, on the device."""
        parts = self.settings.portions.accumulate
        portions = portions_from(
            self.feed, self.step * parts, self.settings.steps * parts, self.settings.workers
        )
        with closing(portions):
            yield from self._moved(portions, parts)

    def _moved(self, portions: Iterator[Portion], parts: int) -> Iterator[Moved]:
        for first in portions:
            rest = [next(portions) for _ in range(parts - 1)]
            together = (first, *rest)
            for portion in together:
                self.problems.add(portion.problems)
            yield Moved(tuple(p.batch.to(self.device) for p in together), together)

    def _not_finite(self, step: Step, moved: Moved) -> str:
        numbers = [number for portion in moved.portions for number in portion.pictures]
        return (
            f'the loss is {step.loss + step.further} and the norm of its gradient {step.gradient} '
            f'at step {step.step}, whose batch has the pictures {numbers} on process '
            f'{self.accelerator.process_index}; the state of step {self.saved} is untouched; a '
            f'lower learning rate or a longer warm-up may help'
        )

    def _save(self, *, last: bool) -> None:
        """Save the state, then the checkpoint folder. Raises `SaveError` at the `last` one only."""
        random = gather_object([random_states(self.device)])
        problems = gather_object([self.problems.values()])
        if not self.main:
            self.saved = self.step
            return
        state = State(
            self.step,
            self.fingerprint,
            self.module_of_state.state_dict(),
            self.optimiser.state_dict(),
            random,
            problems,
            self.seconds,
        )
        try:
            save_state(state, self.settings.training)
            self.saved = self.step
            self._export()
        except SaveError as error:
            if last:
                raise
            self.watch.say(
                f'{error}; step {self.saved} stays the last one saved, the training goes on'
            )

    def _export(self) -> None:
        """Put the weights into the output folder, in the published form. Raises `SaveError`."""
        if not self.main:
            return
        new = self.settings.training / 'new_checkpoint'
        try:
            shutil.rmtree(new, ignore_errors=True)
            self.learner.save(new)
        except (OSError, RuntimeError) as error:
            for half in self.settings.training.glob('new_checkpoint*'):
                shutil.rmtree(half, ignore_errors=True)
            raise SaveError(f'{self.settings.out} cannot be written: {reason(error)}') from error
        replaced_files(new, self.settings.out, last=WEIGHTS)

    def _together(self, values: dict[str, Any]) -> list[dict[str, Any]]:
        """`values` of every process."""
        return list(gather_object([values]))


@dataclass(frozen=True)
class _Told:
    """One step of all processes, as `Step` has it; `signal` that any of them got."""

    total: float
    further: float
    gradient: float
    problems: int
    signal: int


def accelerator_for(precision: str, device: str = 'auto') -> Accelerator:
    """The processes of this run: one, or all that torchrun started, each with its device."""
    return Accelerator(
        cpu=device == 'cpu',
        mixed_precision='bf16' if precision == 'bf16' else 'no',
        # A batch without regions does not reach the refiners.
        kwargs_handlers=[DistributedDataParallelKwargs(find_unused_parameters=True)],
    )
