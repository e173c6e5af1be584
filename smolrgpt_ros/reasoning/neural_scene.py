# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A scene as a network sees it: colour, depth in the convention it was trained on, masks."""

from __future__ import annotations

import numpy as np

from smolrgpt_ros.models.smolrgpt import Frame, Prompt, SmolRGPT, relative_depth
from smolrgpt_ros.reasoning.neural_prompt import NeuralPrompt
from smolrgpt_ros.scene.frame import Scene
from smolrgpt_ros.scene.geometry import NoDepthError
from smolrgpt_ros.scene.object_mask import object_mask


class NoPictureError(ValueError):
    """A scene without colour."""


class Masks:
    """Masks of a scene's regions, each made once a batch; from boxes by depth where it tells."""

    def __init__(self, scene: Scene):
        self._scene = scene
        self._known: dict[int, np.ndarray] = {}

    def prompt(self, prompt: NeuralPrompt) -> Prompt:
        """Return the prompt with its regions' masks."""
        return Prompt(prompt.text, [self._mask(region) for region in prompt.regions])

    def _mask(self, index: int) -> np.ndarray:
        if index not in self._known:
            region = self._scene.regions[index]
            self._known[index] = object_mask(self._scene, region)
        return self._known[index]


def encoded(model: SmolRGPT, scene: Scene) -> Frame:
    """The scene as the checkpoint was trained to see it.

    Raises:
        NoPictureError: no colour. NoDepthError: no depth of the kind it needs.
    """
    if scene.colour is None:
        raise NoPictureError('the network needs the colour picture, which this scene lacks')
    if not model.wants_points:
        return model.encode(scene.colour, _depth(scene))
    if scene.depth is None or scene.camera is None:
        raise NoDepthError(
            'this network sees metric depth, and the scene has no '
            f'{"metric depth" if scene.depth is None else "camera intrinsics"}'
        )
    rays = scene.camera.rays((0, 0, scene.camera.width, scene.camera.height))
    try:
        return model.encode(scene.colour, scene.depth.metres(), rays)
    except ValueError as error:
        raise NoDepthError(str(error)) from error


def _depth(scene: Scene) -> np.ndarray:
    """Depth (H, W) uint8 in the dataset's convention. Raises NoDepthError."""
    if scene.relative_depth is not None:
        return scene.relative_depth
    if scene.depth is None:
        raise NoDepthError('the network needs depth, and this scene has none')
    try:
        return relative_depth(scene.depth.metres())
    except ValueError as error:
        raise NoDepthError(str(error)) from error
