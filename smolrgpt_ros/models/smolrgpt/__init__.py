# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""SmolRGPT: RGB, depth and region masks in, words out. Exact, offline, fast.

    model = load('/opt/models/smolrgpt', dtype='int8')
    frame = model.encode(colour, relative_depth(depth_m))       # once a frame
    [answer] = model.answer(frame, [Prompt('How far is <mask> from <mask>?', masks)])
    [choice] = model.score(frame, [Prompt('Is <mask> left of <mask>?', masks)], [['left', 'right']])
    model.close()

`pack` makes a self-contained folder of a published checkpoint and its tokenizer; `pack_random` one
of full size from a seed.
"""

from .checkpoint import DType
from .config import FULL_SIZE, SmolRgptConfig
from .errors import (
    CheckpointError,
    ModelClosedError,
    ModelMemoryError,
    NetworkLostError,
    PromptError,
    SmolRgptError,
)
from .frame import Frame
from .model import Choice, Completion, SmolRGPT, load
from .pack import pack, pack_random
from .preprocess import DepthConvention, relative_depth
from .prompts import Prompt
from .regions import box_mask

__all__ = [
    'FULL_SIZE',
    'CheckpointError',
    'Choice',
    'Completion',
    'DType',
    'DepthConvention',
    'Frame',
    'ModelClosedError',
    'ModelMemoryError',
    'NetworkLostError',
    'Prompt',
    'PromptError',
    'SmolRGPT',
    'SmolRgptConfig',
    'SmolRgptError',
    'box_mask',
    'load',
    'pack',
    'pack_random',
    'relative_depth',
]
