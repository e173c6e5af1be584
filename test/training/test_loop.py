# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The loop itself: what a run leaves behind, and what nothing may do to it."""

from __future__ import annotations

import json
import os
import resource
import signal
from dataclasses import replace

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from tiny_training import losses, plan

from smolrgpt_ros.models.smolrgpt.pack import pack_random
from smolrgpt_ros.training.curriculum import train
from smolrgpt_ros.training.errors import (
    NotFiniteError,
    ResumeError,
    SaveError,
    SettingsError,
)
from smolrgpt_ros.training.journal import read_log
from smolrgpt_ros.training.loop import Watch
from smolrgpt_ros.training.settings import Optimisation, Portions
from smolrgpt_ros.training.state import STATE


def weights(out):
    return load_file(out / 'model.safetensors')


def saved_step(out):
    with safe_open(out / 'training' / STATE, 'pt') as file:
        return json.loads(file.metadata()['state'])['step']


def test_learns_and_tells(tmp_path):
    out = tmp_path / 'out'
    outcome = train(plan(out, steps=12, rate=5e-3))
    assert (outcome.step, outcome.signal, outcome.problems.count) == (12, 0, 0)
    curve = losses(out)
    assert len(curve) == 12
    assert curve[-1] < 0.9 * curve[0]
    last = read_log(out / 'training')[-1]
    assert last['questions'] == 8
    assert 0.0 <= last['outside'] <= 1.0
    assert list((out / 'training' / 'tensorboard').glob('events.*'))
    assert json.loads((out / 'config.json').read_text())['stage'] == 'refiner'


def test_accumulated_equals_whole(tmp_path):
    whole, parts = tmp_path / 'whole', tmp_path / 'parts'
    train(plan(whole, portions=Portions(16, 4, 1), steps=4))
    train(plan(parts, portions=Portions(16, 4, 4), steps=4))
    assert losses(parts) == pytest.approx(losses(whole), abs=1e-5)
    for name, value in weights(whole).items():
        torch.testing.assert_close(weights(parts)[name], value, atol=1e-4, rtol=0)


def test_workers_change_nothing(tmp_path):
    here, there = tmp_path / 'here', tmp_path / 'there'
    train(plan(here, steps=4))
    train(plan(there, steps=4, workers=2))
    assert losses(there) == losses(here)


def test_a_signal_ends_it_saved_and_the_same_command_continues(tmp_path):
    whole, out = tmp_path / 'whole', tmp_path / 'out'
    train(plan(whole, steps=5, save_every=100))

    def interrupt(step):
        if step.step == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    outcome = train(plan(out, steps=5, save_every=100), Watch(each=interrupt))
    assert outcome.signal == signal.SIGTERM
    assert 3 <= outcome.step < 5
    assert len(losses(out)) == outcome.step
    assert (out / 'model.safetensors').exists()
    assert signal.getsignal(signal.SIGTERM) == before
    assert train(plan(out, steps=5, save_every=100)).step == 5
    assert losses(out) == pytest.approx(losses(whole), abs=1e-5)


def test_a_complete_run_is_left_alone(tmp_path):
    out = tmp_path / 'out'
    train(plan(out, steps=2))
    before = weights(out)
    (out / 'model.safetensors').unlink()
    assert train(plan(out, steps=2)).step == 2
    assert len(losses(out)) == 2
    assert all(torch.equal(before[name], value) for name, value in weights(out).items())


@pytest.mark.parametrize(
    ('change', 'named'),
    [
        pytest.param({'rate': 2e-3}, 'learning rates', id='rate'),
        pytest.param({'seed': 1}, 'seed', id='seed'),
        pytest.param({'data': 'synthetic:2'}, 'pictures', id='data'),
        pytest.param({'stage': 'sft'}, 'stage', id='stage'),
        pytest.param({'portions': Portions(16, 4)}, 'batch', id='batch'),
    ],
)
def test_another_run_is_not_continued(tmp_path, change, named):
    out = tmp_path / 'out'
    train(plan(out, steps=1))
    with pytest.raises(ResumeError, match=f'step 1 of another run.*{named}'):
        train(plan(out, steps=1, **change))


def test_a_broken_state_is_named(tmp_path):
    out = tmp_path / 'out'
    train(plan(out, steps=1))
    state = out / 'training' / STATE
    state.write_bytes(state.read_bytes()[:1000])
    with pytest.raises(ResumeError, match=STATE):
        train(plan(out, steps=1))


def test_a_state_of_an_earlier_version_is_not_begun_anew(tmp_path):
    out = tmp_path / 'out'
    (out / 'training').mkdir(parents=True)
    (out / 'training' / 'state.pt').write_bytes(b'PK')
    with pytest.raises(ResumeError, match=r'state\.pt was written by an earlier version'):
        train(plan(out, steps=1))


def test_resume_demands_something_to_resume(tmp_path):
    with pytest.raises(SettingsError, match='nothing to resume'):
        train(replace(plan(tmp_path / 'out'), resume=True))


def test_a_loss_that_is_no_number_stops_at_its_step(tmp_path):
    out = tmp_path / 'out'
    with pytest.raises(NotFiniteError, match=r'step [2-4], whose batch has the pictures \[\d+'):
        train(plan(out, rate=1e30, save_every=1))
    assert saved_step(out) == len(losses(out))


class FullDisk:
    """No file may grow beyond `limit` bytes, as on a disk that is full."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __enter__(self) -> None:
        self.before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.limit, self.before[1]))

    def __exit__(self, *_: object) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self.before)


def test_a_full_disk_keeps_the_last_good_checkpoint(tmp_path):
    out = tmp_path / 'out'
    whole = tmp_path / 'whole'
    train(plan(whole, steps=6))
    said, full = [], FullDisk(100_000)

    def fill(step):
        if step.step == 3:
            full.__enter__()

    try:
        with pytest.raises(SaveError, match=f'{STATE} cannot be written: File too large'):
            train(plan(out, steps=6), Watch(each=fill, say=said.append))
    finally:
        full.__exit__()
    assert [line for line in said if 'step 2 stays the last one saved' in line]
    assert not list((out / 'training').glob('*.part'))
    assert saved_step(out) == 2
    good = load_file(out / 'training' / STATE)
    kept = weights(out)
    assert all(torch.equal(kept[own], good_value) for own, good_value in same_names(good, kept))
    # with room again, the same command ends where an undisturbed run ends
    train(plan(out, steps=6))
    assert losses(out) == pytest.approx(losses(whole), abs=1e-5)


def same_names(state, stored):
    """Tensors of a saved state that the published form stores under the same name."""
    own = {name.removeprefix('network.'): value for name, value in state.items()}
    common = [
        (name, value)
        for name, value in own.items()
        if name in stored and stored[name].shape == value.shape
    ]
    assert len(common) > 20
    return common


def test_probes_learn_beside_and_are_no_part_of_the_checkpoint(tmp_path):
    whole, out, plain = tmp_path / 'whole', tmp_path / 'out', tmp_path / 'plain'
    probing = Optimisation(rate=1e-3, probing=0.5)
    train(plan(whole, steps=5, save_every=100, optimisation=probing))

    def interrupt(step):
        if step.step == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    train(plan(out, steps=5, save_every=100, optimisation=probing), Watch(each=interrupt))
    train(plan(out, steps=5, save_every=100, optimisation=probing))
    told = [step['further'] for step in read_log(out / 'training')]
    assert told == pytest.approx([step['further'] for step in read_log(whole / 'training')])
    assert losses(out) == pytest.approx(losses(whole), abs=1e-5)
    assert 0.0 < told[-1] < told[0]
    train(plan(plain, steps=1))
    assert set(weights(out)) == set(weights(plain))


def test_another_probing_is_another_run(tmp_path):
    out = tmp_path / 'out'
    train(plan(out, steps=1))
    with pytest.raises(ResumeError, match=r'step 1 of another run.*probing'):
        train(plan(out, steps=1, optimisation=Optimisation(rate=1e-3, probing=1.0)))


@pytest.mark.parametrize(
    ('stage', 'learning'),
    [
        pytest.param('connector', {'MP'}, id='connector'),
        pytest.param('refiner', {'MP', 'MP_depth', 'rgb_refiner', 'depth_refiner'}, id='refiner'),
        pytest.param(
            'sft', {'MP', 'MP_depth', 'rgb_refiner', 'depth_refiner', 'decoder'}, id='sft'
        ),
    ],
)
def test_stages_move_what_they_teach_only(tmp_path, stage, learning):
    from tiny_smolrgpt import TINY

    start = pack_random(tmp_path / 'start', config=TINY)
    train(plan(tmp_path / 'out', stage=stage, start=start, from_scratch=False, steps=2))
    before, after = weights(start), weights(tmp_path / 'out')
    moved = {
        name.partition('.')[0] for name in before if not torch.equal(before[name], after[name])
    }
    assert moved == learning


def test_bf16(tmp_path):
    exact, rounded = tmp_path / 'exact', tmp_path / 'rounded'
    train(plan(exact, steps=3))
    train(plan(rounded, steps=3, precision='bf16'))
    assert losses(rounded) == pytest.approx(losses(exact), rel=0.02)
    assert losses(rounded) != losses(exact)
    assert all(value.dtype == torch.float32 for value in weights(rounded).values())
