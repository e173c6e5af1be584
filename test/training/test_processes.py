# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Real processes: killed without warning, or two of them that learn together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_training import SIZE_PX, beginning, losses
from typer.testing import CliRunner, Result

from smolrgpt_ros.cli import app

ROOT = Path(__file__).resolve().parents[2]
QUIET = {'OMP_NUM_THREADS': '1', 'CUDA_VISIBLE_DEVICES': '', 'PYTHONPATH': str(ROOT)}


def command(out: Path, steps: int, batch: int = 8, **options: object) -> list[str]:
    """What a person would type."""
    config, tokenizer = beginning(out.parent / 'beginning')
    given = {
        'stage': 'refiner',
        'data': 'synthetic:3',
        'size': f'{SIZE_PX[0]}x{SIZE_PX[1]}',
        'config': config,
        'tokenizer': tokenizer,
        'out': out,
        'steps': steps,
        'batch': batch,
        'questions': 4,
        'save_every': 4,
        'workers': 1,
        'device': 'cpu',
        **options,
    }
    words = [f'--{name.replace("_", "-")}={value}' for name, value in given.items()]
    return ['-m', 'smolrgpt_ros.cli', 'train', '--from-scratch', *words]


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **QUIET},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def run_here(arguments: list[str]) -> Result:
    """The same command in this process: importing torch takes longer than these runs."""
    return CliRunner().invoke(app.app, arguments[2:])


def test_killed_and_continued_equals_uninterrupted(tmp_path):
    out, whole = tmp_path / 'out', tmp_path / 'whole'
    steps = 16
    process = subprocess.Popen(
        [sys.executable, *command(out, steps)],
        cwd=ROOT,
        env={**os.environ, **QUIET},
        stderr=subprocess.PIPE,
        text=True,
    )
    # In the middle between two saved states: steps 5 to 7 are done twice.
    while process.poll() is None and len(losses(out)) < 6:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    _, said = process.communicate()
    assert process.returncode == -signal.SIGKILL, said
    done = len(losses(out))
    assert 6 <= done < steps
    again = run_here(command(out, steps))
    assert again.exit_code == 0, again.output
    assert 'continuing after step' in again.stderr
    assert run_here(command(whole, steps)).exit_code == 0
    assert losses(out) == pytest.approx(losses(whole), abs=1e-5)
    kept, expected = (load_file(folder / 'model.safetensors') for folder in (out, whole))
    for name, value in expected.items():
        torch.testing.assert_close(kept[name], value, atol=1e-5, rtol=0)


def test_two_processes_equal_one_with_the_doubled_batch(tmp_path):
    two, one = tmp_path / 'two', tmp_path / 'one'
    # A high rate, so that a wrong mean would show in the weights at once.
    further = {'lr': 0.01, 'accumulate': 2, 'workers': 0}
    torchrun = ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node=2']
    together = run([*torchrun, *command(two, 5, batch=8, **further)])
    assert together.returncode == 0, together.stderr
    alone = run_here(command(one, 5, batch=16, **further))
    assert alone.exit_code == 0, alone.output
    assert losses(two) == pytest.approx(losses(one), abs=1e-4)
    ours, expected = (load_file(folder / 'model.safetensors') for folder in (two, one))
    for name, value in expected.items():
        torch.testing.assert_close(ours[name], value, atol=1e-4, rtol=0)


def test_terminate_ends_with_the_signal_and_a_checkpoint(tmp_path):
    out = tmp_path / 'out'
    process = subprocess.Popen(
        [sys.executable, *command(out, 1000, save_every=1000)],
        cwd=ROOT,
        env={**os.environ, **QUIET},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while process.poll() is None and len(losses(out)) < 2:
        time.sleep(0.01)
    # As a terminal or a job queue does: everybody in the group gets it, workers too.
    os.killpg(process.pid, signal.SIGTERM)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 128 + signal.SIGTERM, said
    assert 'the same command continues' in said
    assert (out / 'model.safetensors').exists()
    with pytest.raises(ProcessLookupError):  # no worker is left behind
        os.killpg(process.pid, 0)


@pytest.mark.parametrize(
    ('options', 'words'),
    [
        pytest.param({'stage': 'pretrain'}, ("no stage 'pretrain'", 'connector'), id='stage'),
        pytest.param({'batch': 6}, ('cannot be cut', '4'), id='batch'),
        pytest.param({'epochs': 1}, ('--steps or --epochs',), id='steps and epochs'),
        pytest.param({'data': '/no/such/folder'}, ('/no/such/folder',), id='no data'),
        pytest.param({'config': 'huge'}, ("no size 'huge'", 'small'), id='size'),
        pytest.param({'start': '/tmp'}, ('--start', 'one of these ways'), id='two starts'),
        pytest.param({'depth': 'points:x'}, ('points:x',), id='depth'),
        pytest.param({'betas': '0.9'}, ('--betas',), id='betas'),
        pytest.param({'kind': 'poems'}, ('poems',), id='kind'),
        pytest.param({'freeze': 'wheels'}, ("no part 'wheels'", 'vision'), id='part'),
    ],
)
def test_wrong_options_are_named(tmp_path, options, words, capsys, monkeypatch):
    arguments = command(tmp_path / 'out', 2)[2:]
    for name, value in options.items():
        arguments = [word for word in arguments if not word.startswith(f'--{name}=')]
        arguments.append(f'--{name}={value}')
    monkeypatch.setattr(sys, 'argv', ['smolrgpt', *arguments])
    with pytest.raises(SystemExit) as ended:
        app.run()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert all(word in said for word in words), said
