# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The backbone is the published one: equal to transformers' own, and begins from its folders."""

from __future__ import annotations

import json

import pytest
import torch

from smolrgpt_ros.models.smolrgpt import CheckpointError
from smolrgpt_ros.models.tinygiant.backbone import Backbone, FinePyramid
from smolrgpt_ros.models.tinygiant.pretrained import load_backbone

transformers = pytest.importorskip('transformers')

DIMS, DEPTHS = (8, 12, 16, 24), (1, 2, 1, 1)
MEAN, STD = (0.5, 0.4, 0.3), (0.2, 0.3, 0.25)


def theirs(folder, kind='ConvNextV2Model', **change):
    torch.manual_seed(0)
    config = transformers.ConvNextV2Config(
        hidden_sizes=list(DIMS), depths=list(DEPTHS), initializer_range=0.3, **change
    )
    model = getattr(transformers, kind)(config).eval()
    for name, value in model.named_parameters():
        if '.grn.' in name or name.endswith('bias'):
            torch.nn.init.normal_(value, std=0.3)
    model.save_pretrained(folder)
    return model


@pytest.mark.parametrize('kind', ['ConvNextV2Model', 'ConvNextV2ForImageClassification'])
@pytest.mark.parametrize('darkest', [-1.0, 0.0])
@torch.no_grad()
def test_maps_equal_those_of_transformers(tmp_path, kind, darkest):
    model = theirs(tmp_path, kind)
    statistics = {'image_mean': MEAN, 'image_std': STD}
    (tmp_path / 'preprocessor_config.json').write_text(json.dumps(statistics))
    backbone = Backbone(DIMS, DEPTHS)
    load_backbone(backbone, tmp_path, darkest=darkest)
    bright = torch.rand(2, 3, 64, 64)  # [0, 1]
    mean, std = (torch.tensor(value)[:, None, None] for value in (MEAN, STD))
    inner = getattr(model, 'convnextv2', model)
    expected = inner((bright - mean) / std, output_hidden_states=True).hidden_states
    found = backbone(bright * (1 - darkest) + darkest)
    for ours, other in zip(found, expected[1:], strict=True):
        scale = float(other.abs().max())
        torch.testing.assert_close(
            ours.permute(0, 3, 1, 2) / scale, other / scale, atol=1e-4, rtol=0
        )


def test_a_folder_that_does_not_fit_is_named(tmp_path):
    theirs(tmp_path / 'fits')
    backbone = Backbone((8, 12, 16, 32), DEPTHS)
    before = {name: value.clone() for name, value in backbone.state_dict().items()}
    with pytest.raises(CheckpointError, match=r'encoder\.stages\.3\.downsampling_layer'):
        load_backbone(backbone, tmp_path / 'fits')
    assert all(torch.equal(before[name], value) for name, value in backbone.state_dict().items())
    with pytest.raises(CheckpointError, match='does not exist'):
        load_backbone(backbone, tmp_path / 'nowhere')
    config = tmp_path / 'fits' / 'config.json'
    config.write_text(json.dumps(json.loads(config.read_text()) | {'model_type': 'vit'}))
    with pytest.raises(CheckpointError, match="model_type is 'vit'"):
        load_backbone(backbone, tmp_path / 'fits')


@pytest.mark.parametrize('statistics', [{'image_mean': 'dark'}, {'image_std': [1, 0, 1]}], ids=str)
def test_broken_statistics_are_named(tmp_path, statistics):
    theirs(tmp_path)
    (tmp_path / 'preprocessor_config.json').write_text(json.dumps(statistics))
    with pytest.raises(CheckpointError, match='image_std'):
        load_backbone(Backbone(DIMS, DEPTHS), tmp_path)


@torch.no_grad()
def test_the_fine_map_keeps_a_picture_apart(tmp_path):
    """A picture's features never depend on the others of its batch."""
    backbone, pyramid = Backbone(DIMS, DEPTHS), FinePyramid(DIMS, 10)
    pictures = torch.randn(3, 3, 64, 64)
    together = pyramid(backbone(pictures))
    assert together.shape == (3, 16, 16, 10)
    torch.testing.assert_close(together[1:2], pyramid(backbone(pictures[1:2])), atol=1e-5, rtol=0)
