# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a run tells: a line of JSON and a point of TensorBoard's curves a step."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from torch.utils.tensorboard import SummaryWriter

from .state import written_whole

LOG = 'log.jsonl'


@dataclass(frozen=True)
class Step:
    """What is told of one optimiser step of all processes.

    Attributes:
        step: from 1.
        loss: mean cross-entropy of the answers' tokens.
        further: what was added to it.
        gradient: norm of the gradient before it was clipped.
        rate: largest learning rate of any group.
        questions: learnt from.
        tokens: of their answers.
        seconds: since the step before.
        outside: share of them not spent in the model: waiting for data, moving, logging, saving.
        elapsed: seconds of the whole run, those before an interruption included.
        problems: records left out so far.
    """

    step: int
    loss: float
    further: float
    gradient: float
    rate: float
    questions: int
    tokens: int
    seconds: float
    outside: float
    elapsed: float
    problems: int


class Journal:
    """`log.jsonl` and TensorBoard's files of one run."""

    def __init__(self, folder: Path, step: int) -> None:
        """Continue the journal in `folder` after `step`; what was written beyond is taken back."""
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / LOG
        _keep_until(self._path, step)
        self._file: IO[str] = self._path.open('a', encoding='utf-8')
        self._curves = SummaryWriter(str(folder / 'tensorboard'), purge_step=step + 1)
        self._lost = False

    def write(self, step: Step) -> str | None:
        """Write one step; returns a sentence the first time that it cannot be written."""
        try:
            self._file.write(json.dumps(asdict(step)) + '\n')
            self._file.flush()
            self._draw(step)
        except OSError as error:
            if not self._lost:
                self._lost = True
                return f'{self._path} cannot be written any more: {error}'
        return None

    def _draw(self, step: Step) -> None:
        values = {
            'loss': step.loss,
            'gradient norm': step.gradient,
            'learning rate': step.rate,
            'questions a second': step.questions / max(step.seconds, 1e-9),
            'share outside the model': step.outside,
        }
        for name, value in values.items():
            self._curves.add_scalar(name, value, step.step)

    def close(self) -> None:
        """Write what is held back."""
        try:
            self._file.close()
            self._curves.close()
        except OSError:
            if not self._lost:
                raise


def read_log(folder: Path) -> list[dict[str, float]]:
    """The steps in a run's `training` folder; a last line cut by a kill is left out."""
    path = folder / LOG
    steps = []
    for line in path.read_text(encoding='utf-8').splitlines() if path.exists() else ():
        try:
            steps.append(json.loads(line))
        except ValueError:
            break
    return steps


def _keep_until(path: Path, step: int) -> None:
    """Drop the lines after `step`: their steps are done once more."""
    kept = [line for line in read_log(path.parent) if line['step'] <= step]
    text = ''.join(json.dumps(line) + '\n' for line in kept)
    written_whole(path, lambda part: part.write_text(text, encoding='utf-8'))
