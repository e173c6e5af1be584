# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""TinyGiantVLM: RGB and depth through two streams, fused by experts, looked at again.

    model = load('/opt/models/tinygiant')
    frame = model.encode(colour, relative_depth(depth_m))       # once a frame
    [answer] = model.answer(frame, [Prompt('How far is <mask> from <mask>?', masks)])
    model.close()

Used as SmolRGPT is, whose words (`Prompt`, `Completion`, errors) it shares.
`docs/explanation/tinygiant.md` tells what is known of it, and what was decided here.
"""

from .config import TinyGiantConfig
from .model import TinyGiantVLM, load
from .pack import pack, pack_random, save
from .sizes import SIZES, SMALL, TINY_64M, TINY_80M

__all__ = [
    'SIZES',
    'SMALL',
    'TINY_64M',
    'TINY_80M',
    'TinyGiantConfig',
    'TinyGiantVLM',
    'load',
    'pack',
    'pack_random',
    'save',
]
