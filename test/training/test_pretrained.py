# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Networks of pretrained parts give what transformers gives, or say which tensor is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tiny_pretrained
import torch
from safetensors.torch import load_file, save_file

from smolrgpt_ros.models.smolrgpt.cache import KeyValueCache
from smolrgpt_ros.models.smolrgpt.errors import CheckpointError
from smolrgpt_ros.models.smolrgpt.network import Network
from smolrgpt_ros.training.errors import PretrainedError
from smolrgpt_ros.training.pretrained import assembled

TOLERANCE = 1e-4


@pytest.fixture(scope='module')
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp('pretrained')
    tower = tiny_pretrained.vision_tower(root / 'tower')
    whole = tiny_pretrained.whole_siglip(root / 'whole')
    llama = tiny_pretrained.llama(root / 'llama')
    return root, tower, whole, llama


def edited(source: Path, out: Path, **keys: object) -> Path:
    """Copy of a folder whose config.json has other values; None removes one."""
    out.mkdir()
    for file in source.iterdir():
        (out / file.name).write_bytes(file.read_bytes())
    config = json.loads((out / 'config.json').read_text()) | keys
    (out / 'config.json').write_text(json.dumps({k: v for k, v in config.items() if v is not None}))
    return out


def retensored(source: Path, out: Path, change) -> Path:
    """Copy of a folder whose tensors went through `change`."""
    tensors = load_file(edited(source, out) / 'model.safetensors')
    change(tensors)
    save_file(tensors, out / 'model.safetensors')
    return out


def logits(network: Network, ids: torch.Tensor) -> torch.Tensor:
    """Logits (B, L, V) of whole rows."""
    rows, length = ids.shape
    cache = KeyValueCache(
        network.config, rows, length, dtype=torch.float32, device=torch.device('cpu')
    )
    places = torch.arange(length).expand(rows, -1)
    mask = (places[0, :, None] >= places[0]).expand(rows, -1, -1)
    hidden = network.decoder(network.decoder.embed(ids), places, places, mask, cache)
    return network.decoder.logits(hidden)


@torch.no_grad()
@pytest.mark.parametrize('which', ['tower', 'whole'])
def test_vision_equals_transformers(folders, which):
    root, tower, whole, _ = folders
    network = assembled(root / which, root / 'llama', seed=0)
    pictures = torch.randn(3, 3, 64, 64, generator=torch.Generator().manual_seed(5))
    expected = {'tower': tower, 'whole': whole}[which](pictures).last_hidden_state
    torch.testing.assert_close(
        network.vision_encoder(pictures), expected, atol=TOLERANCE, rtol=TOLERANCE
    )


@torch.no_grad()
def test_language_equals_transformers(folders):
    root, _, _, llama = folders
    network = assembled(root / 'tower', root / 'llama', seed=0)
    ids = torch.randint(0, 300, (2, 40), generator=torch.Generator().manual_seed(6))
    ours = logits(network, ids)
    assert ours.shape == (2, 40, 303)
    torch.testing.assert_close(ours[..., :300], llama(ids).logits, atol=TOLERANCE, rtol=TOLERANCE)


@torch.no_grad()
def test_sharded_equals_whole(folders, tmp_path):
    root, *_ = folders
    tiny_pretrained.llama(tmp_path / 'shards', max_shard_size='50KB')
    assert len(list((tmp_path / 'shards').glob('model-*.safetensors'))) > 1
    one = assembled(root / 'tower', root / 'llama', seed=0)
    other = assembled(root / 'tower', tmp_path / 'shards', seed=0)
    for name, value in one.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name


def test_new_rows_lie_at_the_mean(folders):
    root, *_ = folders
    rows = assembled(root / 'tower', root / 'llama', seed=0).decoder.head.weight.detach()
    known, new = rows[:300], rows[300:]
    assert (new - known.mean(0)).abs().max() < 0.1 * known.std()
    assert not torch.equal(new[0], new[1])


def test_connectors_depend_on_the_seed_only(folders):
    root, *_ = folders
    first, same, other = (assembled(root / 'tower', root / 'llama', seed) for seed in (1, 1, 2))
    weight = 'rgb_connector.proj.weight'
    assert torch.equal(first.state_dict()[weight], same.state_dict()[weight])
    assert not torch.equal(first.state_dict()[weight], other.state_dict()[weight])


@pytest.mark.parametrize(
    ('part', 'keys', 'words'),
    [
        pytest.param('tower', {'model_type': 'clip'}, ('model_type', 'clip'), id='clip'),
        pytest.param(
            'tower', {'model_type': 'siglip2'}, ('siglip2', 'fixed picture size'), id='any size'
        ),
        pytest.param('tower', {'image_size': 48}, ('image_size', '48', '32'), id='odd patches'),
        pytest.param('tower', {'hidden_act': 'gelu'}, ('hidden_act', "'gelu'"), id='other gelu'),
        pytest.param('llama', {'model_type': 'qwen2'}, ('model_type', 'qwen2'), id='qwen'),
        pytest.param(
            'llama', {'tie_word_embeddings': False}, ('tie_word_embeddings',), id='head of its own'
        ),
        pytest.param('llama', {'attention_bias': True}, ('attention_bias',), id='biases'),
        pytest.param('llama', {'head_dim': 32}, ('head_dim', '32', '16'), id='wide heads'),
        pytest.param(
            'llama', {'rope_scaling': {'rope_type': 'llama3'}}, ('rope_scaling',), id='scaled rope'
        ),
    ],
)
def test_other_architectures_are_named(folders, tmp_path, part, keys, words):
    root, *_ = folders
    other = edited(root / part, tmp_path / 'other', **keys)
    parts = {'tower': root / 'tower', 'llama': root / 'llama'} | {part: other}
    with pytest.raises(PretrainedError) as raised:
        assembled(parts['tower'], parts['llama'], seed=0)
    assert all(word in str(raised.value) for word in (str(other), *words))


@pytest.mark.parametrize(
    ('part', 'tensor', 'change'),
    [
        pytest.param(
            'tower',
            'vision_model.encoder.layers.1.mlp.fc2.weight',
            lambda tensors, name: tensors.pop(name),
            id='missing',
        ),
        pytest.param(
            'tower',
            'vision_model.embeddings.position_embedding.weight',
            lambda tensors, name: tensors.update({name: tensors[name][:9].clone()}),
            id='fewer positions',
        ),
        pytest.param(
            'llama',
            'model.layers.0.self_attn.k_proj.weight',
            lambda tensors, name: tensors.update({name: tensors[name].repeat(3, 1)}),
            id='more key heads',
        ),
    ],
)
def test_wrong_tensors_are_named(folders, tmp_path, part, tensor, change):
    root, *_ = folders
    other = retensored(root / part, tmp_path / 'other', lambda tensors: change(tensors, tensor))
    parts = {'tower': root / 'tower', 'llama': root / 'llama'} | {part: other}
    with pytest.raises((PretrainedError, CheckpointError)) as raised:
        assembled(parts['tower'], parts['llama'], seed=0)
    assert tensor in str(raised.value)
    assert str(other / 'model.safetensors') in str(raised.value)


@pytest.mark.parametrize(
    ('files', 'words'),
    [
        pytest.param({}, ('config.json', 'does not exist'), id='empty folder'),
        pytest.param({'config.json': '{'}, ('config.json', 'JSON'), id='cut config'),
        pytest.param({'config.json': '[]'}, ('config.json', 'list'), id='list'),
        pytest.param(
            {'config.json': '{"model_type": "llama", "tie_word_embeddings": true}'},
            ('neither', 'model.safetensors'),
            id='no weights',
        ),
        pytest.param(
            {
                'config.json': '{"model_type": "llama", "tie_word_embeddings": true}',
                'model.safetensors.index.json': '{"weight_map": {"a": "../other/a"}}',
            },
            ('weight_map',),
            id='shards elsewhere',
        ),
    ],
)
def test_broken_folders_are_named(folders, tmp_path, files, words):
    root, *_ = folders
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(PretrainedError) as raised:
        assembled(root / 'tower', tmp_path, seed=0)
    assert all(word in str(raised.value) for word in words)
