# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Checkpoint folders, sound and broken."""

from __future__ import annotations

import shutil

import pytest
import torch
from tiny_smolrgpt import TINY, edited, pictures, prompts, retabled

from smolrgpt_ros.models.smolrgpt import (
    CheckpointError,
    ModelClosedError,
    ModelMemoryError,
    NetworkLostError,
    load,
)
from smolrgpt_ros.models.smolrgpt.assemble import published_tensors
from smolrgpt_ros.models.smolrgpt.config import FULL_SIZE, read_config
from smolrgpt_ros.models.smolrgpt.layout import HEAD, INV_FREQ, layout, parameters
from smolrgpt_ros.models.smolrgpt.pack import random_tensor, save
from smolrgpt_ros.models.smolrgpt.stored import StoredTensors, write_tensors

NAME = 'decoder.blocks.1.attn.q_proj.weight'


def drop(table):
    del table[NAME]


def flip(table):
    table['MP.proj.weight']['shape'].reverse()


def shrink(table):
    table[NAME]['data_offsets'][1] -= 4


def leave(table):
    table[NAME]['data_offsets'] = [n + 10**9 for n in table[NAME]['data_offsets']]


def garble(table):
    del table[NAME]['data_offsets']


def retype(table):
    table[NAME]['dtype'] = 'F8_E4M3'


@pytest.mark.parametrize(
    ('change', 'said'),
    [
        (drop, f'misses tensor {NAME}'),
        (flip, r'tensor MP.proj.weight has shape \[128, 48\], expected \[48, 128\]'),
        (shrink, f'tensor {NAME} of shape .* expected'),
        (leave, f'cut off: tensor {NAME} ends at byte'),
        (garble, f'entry of tensor {NAME} is broken'),
        (retype, f'tensor {NAME}'),
    ],
    ids=lambda value: getattr(value, '__name__', None),
)
def test_a_broken_table_is_named_by_tensor(tiny_folder, tmp_path, change, said):
    with pytest.raises(CheckpointError, match=said):
        load(retabled(tiny_folder, tmp_path / 'broken', change))


@pytest.mark.parametrize(
    ('keep', 'said'),
    [
        (0, 'cannot be mapped'),
        (5, 'cut off: 5 bytes'),
        (100, 'claims'),
        (-1, 'cut off: tensor .* ends'),
    ],
)
def test_a_truncated_file_is_refused(tiny_folder, tmp_path, keep, said):
    shutil.copytree(tiny_folder, tmp_path / 'cut')
    path = tmp_path / 'cut' / 'model.safetensors'
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CheckpointError, match=said):
        load(tmp_path / 'cut')


def test_a_file_that_is_no_table_is_refused(tiny_folder, tmp_path):
    shutil.copytree(tiny_folder, tmp_path / 'noise')
    (tmp_path / 'noise' / 'model.safetensors').write_bytes(b'\4' + bytes(7) + b'nope')
    with pytest.raises(CheckpointError, match='table of tensors is broken'):
        load(tmp_path / 'noise')


@pytest.mark.parametrize(
    ('keys', 'said'),
    [
        ({'lm_n_heads': None}, 'misses lm_n_heads'),
        ({'lm_n_heads': None, 'vit_img_size': None}, 'misses vit_img_size, lm_n_heads'),
        ({'lm_n_heads': 'three'}, "lm_n_heads is 'three', expected int"),
        ({'lm_n_blocks': 0}, 'lm_n_blocks is 0'),
        ({'lm_n_heads': 5}, 'lm_hidden_dim is no multiple of lm_n_heads'),
        ({'lm_n_heads': 16, 'lm_n_kv_heads': 4}, 'lm_hidden_dim / lm_n_heads is odd'),
        ({'mp_image_token_length': 9}, 'mp_image_token_length'),
        ({'lm_tie_weights': False}, 'lm_tie_weights'),
        ({'lm_n_blocks': 3}, 'misses tensor decoder.blocks.2'),
        (
            {'lm_base_vocab_size': 290},
            r'decoder.head.weight has shape \[303, 48\], expected \[293, 48\]',
        ),
    ],
    ids=str,
)
def test_a_wrong_config_is_named_by_key(tiny_folder, tmp_path, keys, said):
    with pytest.raises(CheckpointError, match=said):
        load(edited(tiny_folder, tmp_path / 'edited', **keys))


@pytest.mark.parametrize('text', ['', '[]', '{', '\xff'])
def test_a_config_that_is_no_object_is_refused(tiny_folder, tmp_path, text):
    shutil.copytree(tiny_folder, tmp_path / 'edited')
    (tmp_path / 'edited' / 'config.json').write_bytes(text.encode('latin1'))
    with pytest.raises(CheckpointError, match=r'config\.json'):
        load(tmp_path / 'edited')


def test_unknown_keys_and_tensors_are_ignored(tiny_folder, tmp_path):
    def more(table):
        table['extra'] = {'dtype': 'I64', 'shape': [0], 'data_offsets': [0, 0]}

    folder = retabled(edited(tiny_folder, tmp_path / 'a', new_key={'x': 1}), tmp_path / 'b', more)
    assert load(folder).config == TINY


def test_a_folder_without_tokenizer_names_the_command(tiny_folder, tmp_path):
    shutil.copytree(tiny_folder, tmp_path / 'bare')
    (tmp_path / 'bare' / 'tokenizer.json').unlink()
    with pytest.raises(CheckpointError, match=r'smolrgpt pack .*bare --tokenizer DIR OUT'):
        load(tmp_path / 'bare')


@pytest.mark.parametrize('text', ['', '{}', 'nonsense'])
def test_a_broken_tokenizer_is_named(tiny_folder, tmp_path, text):
    shutil.copytree(tiny_folder, tmp_path / 'words')
    (tmp_path / 'words' / 'tokenizer.json').write_text(text)
    with pytest.raises(CheckpointError, match=r'tokenizer\.json is no tokenizer'):
        load(tmp_path / 'words')


def test_the_tokenizer_of_another_checkpoint_is_refused(tiny_folder, golden_folder, tmp_path):
    shutil.copytree(tiny_folder, tmp_path / 'words')
    shutil.copy(golden_folder / 'tokenizer.json', tmp_path / 'words')
    with pytest.raises(CheckpointError, match='belongs to another checkpoint'):
        load(tmp_path / 'words')


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(CheckpointError, match='is no folder'):
        load(tmp_path / 'nowhere')
    with pytest.raises(CheckpointError, match=r'config\.json does not exist'):
        load(tmp_path)
    (tmp_path / 'config.json').write_text(TINY.to_json())
    with pytest.raises(CheckpointError, match=r'model\.safetensors does not exist'):
        load(tmp_path)


@pytest.mark.parametrize('device', ['tpu?', 'meta', 'cuda:99'])
def test_an_unknown_device_is_refused(tiny_folder, device):
    with pytest.raises(ValueError, match='device'):
        load(tiny_folder, device=device)


def test_an_unknown_type_is_refused(tiny_folder):
    with pytest.raises(CheckpointError, match="type is 'float8'"):
        load(tiny_folder, dtype='float8')


def test_a_network_saves_as_it_was_loaded(tiny, tiny_folder, tmp_path):
    assert {name for name, _ in published_tensors(tiny.network)} == set(layout(TINY))
    folder = save(tiny.network, tiny_folder, tmp_path / 'saved')
    before, after = (StoredTensors(path / 'model.safetensors') for path in (tiny_folder, folder))
    for name in layout(TINY):
        assert torch.equal(before.tensor(name), after.tensor(name)), name
    assert read_config(folder / 'config.json') == TINY


def test_safetensors_reads_what_is_written(tmp_path):
    from safetensors.torch import load_file

    tensors = {
        'a': torch.arange(6.0).view(2, 3),
        'b': torch.ones(3, dtype=torch.int8),
        'c': torch.ones(2, dtype=torch.bfloat16),
    }
    write_tensors(
        tmp_path / 'x',
        [(n, tuple(t.shape), t.dtype) for n, t in tensors.items()],
        tensors.get,
        {'format': 'pt'},
    )
    read = load_file(tmp_path / 'x')
    assert all(torch.equal(read[name], tensors[name]) for name in tensors)


def test_full_size_is_the_published_size():
    assert round(parameters(FULL_SIZE) / 1e6) == 476
    assert layout(FULL_SIZE)[HEAD] == (49155, 960)


def test_frequencies_follow_from_the_base():
    values = random_tensor(INV_FREQ, (4,), 0, TINY)
    assert torch.allclose(values, torch.tensor([1, 0.1, 0.01, 0.001]), rtol=1e-5)


def test_releasing_pages_loses_nothing(tiny_folder):
    stored = StoredTensors(tiny_folder / 'model.safetensors')
    before = stored.tensor(HEAD).clone()
    stored.release(HEAD)
    stored.release_all()
    assert torch.equal(stored.tensor(HEAD), before)


def test_a_closed_model_says_so(tiny_folder):
    model = load(tiny_folder)
    frame = model.encode(*pictures())
    model.close()
    model.close()
    with pytest.raises(ModelClosedError):
        model.answer(frame, prompts())
    with pytest.raises(ModelClosedError):
        model.encode(*pictures())


def test_a_file_overwritten_in_use_is_noticed_before_it_is_read(tiny_folder, tmp_path):
    folder = tmp_path / 'used'
    shutil.copytree(tiny_folder, folder)
    model = load(folder)
    with (folder / 'model.safetensors').open('r+b') as file:
        file.truncate(1000)
    # Another one takes its place: what is mapped is still the one that was cut off.
    shutil.copy(tiny_folder / 'model.safetensors', folder / 'fresh')
    (folder / 'fresh').replace(folder / 'model.safetensors')
    with pytest.raises(NetworkLostError, match=r'model\.safetensors was overwritten'):
        model.encode(*pictures())
    model.close()
    assert load(folder)


def test_a_file_renamed_into_place_does_no_harm(tiny_folder, tmp_path):
    folder = tmp_path / 'used'
    shutil.copytree(tiny_folder, folder)
    model = load(folder)
    (folder / 'fresh').write_bytes(b'something else')
    (folder / 'fresh').replace(folder / 'model.safetensors')
    assert model.encode(*pictures())
    model.close()


@pytest.mark.parametrize(
    ('raised', 'kind'),
    [
        (RuntimeError('CUDA error: an illegal memory access was encountered'), NetworkLostError),
        (torch.OutOfMemoryError('CUDA out of memory.'), ModelMemoryError),
        (RuntimeError('shapes do not match'), RuntimeError),
    ],
    ids=['device', 'memory', 'a bug'],
)
def test_what_torch_raises_becomes_what_it_means(tiny_folder, monkeypatch, raised, kind):
    model = load(tiny_folder)

    def fail(*arguments: object) -> None:
        raise raised

    monkeypatch.setattr('smolrgpt_ros.models.smolrgpt.model.encode_frame', fail)
    with pytest.raises(RuntimeError) as caught:
        model.encode(*pictures())
    assert type(caught.value) is kind
    model.close()
