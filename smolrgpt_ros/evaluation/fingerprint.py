# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What two runs must share for the one to go on where the other stopped."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from smolrgpt_ros.reasoning.registry import EngineOptions, with_packaged

# What decides a network's answers; logs, curves and optimiser states beside it do not.
_CHECKPOINT_FILES = ('*.json', '*.safetensors', '*.model', '*.txt')


def digest_of(path: Path) -> str:
    """Sixteen hexadecimal digits of a file's SHA-256. Raises OSError."""
    with path.open('rb') as stream:
        digest = hashlib.sha256()
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()[:16]


def engine_identity(engine: str, options: EngineOptions) -> dict[str, Any]:
    """Name and options of an engine; a checkpoint by its content, wherever it lies.

    The geometric engine has no options. Raises OSError.
    """
    if engine == 'geometric':
        return {'engine': engine}
    options = with_packaged(engine, options)
    known = {name: value for name, value in asdict(options).items() if value not in ('', 'auto')}
    folder = Path(options.checkpoint)
    if options.checkpoint and folder.is_dir():
        files = sorted({path for pattern in _CHECKPOINT_FILES for path in folder.glob(pattern)})
        known['checkpoint'] = ', '.join(f'{path.name} {digest_of(path)}' for path in files)
    return {'engine': engine, **known}
