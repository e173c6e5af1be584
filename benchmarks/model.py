# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How fast SmolRGPT answers, against the plain way on the same weights in the same run.

``python -m benchmarks.model [--checkpoint DIR] [--device cpu] [--dtype int8] [--json]``. Without a
checkpoint one of full size is made from a seed. Every figure is the median of interleaved rounds;
`ratio` says how many times better than `reference` it is.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from benchmarks.model_agreement import agreement
from smolrgpt_ros.models.smolrgpt import Frame, Prompt, SmolRGPT, box_mask, load, pack, pack_random
from smolrgpt_ros.models.smolrgpt.checkpoint import DType
from smolrgpt_ros.models.smolrgpt.preprocess import colour_input, depth_input

NEW_TOKENS = 24
QUESTIONS = 8
_QUESTION = 'How far is <mask> from <mask>?'
_CLOSED = 'Is <mask> left of <mask>?'
_CHOICES = ('left', 'right')


@dataclass(frozen=True)
class Figure:
    """One measured figure; `ratio` is how many times better than `reference` it is."""

    name: str
    value: float
    unit: str
    reference: float | None = None
    ratio: float | None = None


def run(
    device: str = 'cpu',
    dtype: DType = 'float32',
    checkpoint: Path | None = None,
    rounds: int = 3,
    threads: int = 2,
) -> Iterator[Figure]:
    """Measure everything, one figure after the other. The reference is float32 on a CPU."""
    torch.set_num_threads(threads)
    with tempfile.TemporaryDirectory() as scratch:
        folder = checkpoint or pack_random(Path(scratch) / 'random')
        packed = folder
        if dtype == 'int8':
            packed = pack(folder, None, Path(scratch) / 'int8', int8=True)
        yield from _memory(folder, packed, device, dtype, threads)
        yield from _Race(folder, packed, device, dtype).figures(rounds)
        yield from _bandwidth(packed, device, dtype, rounds)
        share, total = agreement(device, dtype)
        yield Figure('smolrgpt.agreement', share, f'of {total} ids, teacher forced, golden cases')


class _Race:
    """Ours and the reference on one picture and eight questions."""

    def __init__(self, folder: Path, packed: Path, device: str, dtype: DType) -> None:
        from benchmarks.model_reference import load_reference

        self.device = device
        self.model: SmolRGPT = load(packed, device=device, dtype=dtype)
        kept = torch.float32 if device == 'cpu' else self.model.placement.compute
        self.reference = load_reference(folder, device, kept)
        self.colour, self.depth, self.prompts = scene()
        side = self.model.config.vit_img_size
        self.inputs = [
            picture.to(device, kept)
            for picture in (colour_input(self.colour, side), depth_input(self.depth, side))
        ]
        self.seconds: dict[str, list[float]] = {}

    def figures(self, rounds: int) -> Iterator[Figure]:
        """Warm up once, then take turns."""
        for number in range(rounds + 1):
            if number == 1:
                self.seconds.clear()
            self._round()
        of = {name: statistics.median(values) for name, values in self.seconds.items()}
        yield _faster('smolrgpt.first', of['first'], of['reference'])
        yield _faster('smolrgpt.first_token', of['first_token'], of['reference_first_token'])
        yield _faster(
            'smolrgpt.followup_first_token', of['followup_first_token'], of['reference_first_token']
        )
        yield _faster('smolrgpt.followup', of['followup'], of['reference'])
        rate, plain = QUESTIONS / of['batch8'], 1 / of['reference']
        yield Figure('smolrgpt.batch8', rate, 'questions/s', plain, rate / plain)
        yield _faster('smolrgpt.score', of['score'], of['closed'])
        step = (of['followup'] - of['followup_first_token']) / (NEW_TOKENS - 1)
        plain_step = (of['reference'] - of['reference_first_token']) / (NEW_TOKENS - 1)
        yield _faster('smolrgpt.decode_token', step, plain_step)

    def _round(self) -> None:
        first, closed = self.prompts[:1], [Prompt(_CLOSED, self.prompts[0].masks)]
        begin = time.perf_counter()
        _, plain_first = self.reference.answer(
            self.model.tokenizer, first[0].question, first[0].masks, *self.inputs, NEW_TOKENS
        )
        self._note('reference', time.perf_counter() - begin)
        self._note('reference_first_token', plain_first)
        self._timed('first', lambda: self._write(self._frame(), first))
        self._timed('first_token', lambda: self._write(self._frame(), first, 1))
        frame = self._frame()
        self._write(frame, first, 1)
        further = self.prompts[1:2]
        self._timed('followup_first_token', lambda: self._write(frame, further, 1))
        self._timed('followup', lambda: self._write(frame, further))
        self._timed('closed', lambda: self._write(frame, closed))
        self._timed('score', lambda: self.model.score(frame, closed, [_CHOICES]))
        self._timed('batch8', lambda: self._write(self._frame(), self.prompts))

    def _frame(self) -> Frame:
        return self.model.encode(self.colour, self.depth)

    def _write(self, frame: Frame, prompts: list[Prompt], count: int = NEW_TOKENS) -> None:
        self.model.answer(frame, prompts, max_new_tokens=count)

    def _timed(self, name: str, work: Callable[[], object]) -> None:
        begin = time.perf_counter()
        work()
        self._note(name, time.perf_counter() - begin)

    def _note(self, name: str, seconds: float) -> None:
        self.seconds.setdefault(name, []).append(seconds)


def scene(seed: int = 0) -> tuple[np.ndarray, np.ndarray, list[Prompt]]:
    """A picture of camera size, its depth and eight questions about two boxes each."""
    rng = np.random.default_rng(seed)
    colour = rng.integers(0, 256, (1080, 1920, 3), dtype=np.uint8)
    depth = rng.integers(0, 256, (1080, 1920), dtype=np.uint8)
    boxes = rng.integers((0, 200, 80, 60), (1600, 800, 320, 280), (QUESTIONS, 2, 4))
    return (
        colour,
        depth,
        [Prompt(_QUESTION, [box_mask(box, 1080, 1920) for box in pair]) for pair in boxes],
    )


def _faster(name: str, seconds: float, reference: float) -> Figure:
    return Figure(name, 1e3 * seconds, 'ms', 1e3 * reference, reference / seconds)


def _memory(
    folder: Path, packed: Path, device: str, dtype: DType, threads: int
) -> Iterator[Figure]:
    """Peak of a process that loads, encodes and answers: resident on a CPU, allocated on a GPU."""
    peaks = []
    for mode, path in (('ours', packed), ('reference', folder)):
        output = subprocess.run(
            [
                sys.executable,
                '-m',
                'benchmarks.model_memory',
                mode,
                str(path),
                device,
                dtype,
                str(threads),
            ],
            check=True,
            capture_output=True,
            text=True,
            cwd=Path(__file__).resolve().parents[1],
        ).stdout
        peaks.append(float(output.split()[-1]))
    yield Figure('smolrgpt.peak_memory_gb', peaks[0], 'GB', peaks[1], peaks[1] / peaks[0])


def _bandwidth(packed: Path, device: str, dtype: DType, rounds: int) -> Iterator[Figure]:
    """What share of the memory's speed decoding one sequence reaches."""
    model = load(packed, device=device, dtype=dtype)
    colour, depth, prompts = scene()
    frame = model.encode(colour, depth)
    steps, copies = [], []
    for _ in range(rounds + 1):
        times = []
        for count in (1, NEW_TOKENS + 1):
            begin = time.perf_counter()
            model.answer(frame, prompts[:1], max_new_tokens=count)
            times.append(time.perf_counter() - begin)
        steps.append((times[1] - times[0]) / NEW_TOKENS)
        copies.append(copy_bytes_per_second(device))
    copy = statistics.median(copies[1:])
    rate = decoder_bytes(model, dtype) / statistics.median(steps[1:])
    yield Figure(
        'smolrgpt.decode_bandwidth', rate / 1e9, 'GB/s of weights', copy / 1e9, rate / copy
    )


def decoder_bytes(model: SmolRGPT, dtype: DType) -> float:
    """Bytes of weights that one token reads: all of the language model with its head."""
    from smolrgpt_ros.models.smolrgpt.layout import layout

    size = {'float32': 4, 'float16': 2, 'bfloat16': 2, 'int8': 1}[dtype]
    return size * sum(
        float(np.prod(shape))
        for name, shape in layout(model.config).items()
        if name.startswith('decoder.')
    )


def copy_bytes_per_second(device: str, megabytes: int = 256) -> float:
    """Bytes read and written a second by a copy between two buffers that were written before."""
    source = torch.ones(megabytes << 18, device=device)
    target = torch.full_like(source, 2.0)
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        target.copy_(source)
        if device != 'cpu':
            torch.cuda.synchronize()
        times.append(time.perf_counter() - begin)
    return 2 * source.numel() * 4 / statistics.median(times)


def main() -> None:
    """Print one figure a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--checkpoint', type=Path)
    parser.add_argument('--device', default='cpu')
    parser.add_argument(
        '--dtype', default='float32', choices=('float32', 'float16', 'bfloat16', 'int8')
    )
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--json', action='store_true')
    asked = parser.parse_args()
    for figure in run(asked.device, asked.dtype, asked.checkpoint, asked.rounds, asked.threads):
        if asked.json:
            print(json.dumps(asdict(figure)), flush=True)
        else:
            beside = (
                ''
                if figure.ratio is None
                else (f'   reference {figure.reference:.4g}, ratio {figure.ratio:.2f}')
            )
            print(f'{figure.name:32} {figure.value:10.4g} {figure.unit}{beside}', flush=True)


if __name__ == '__main__':
    main()
