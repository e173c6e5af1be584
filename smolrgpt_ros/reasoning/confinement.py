# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which folders a network may be loaded from."""

from __future__ import annotations

from pathlib import Path


class ConfinementError(ValueError):
    """A folder that no network is loaded from; the message says why, with the path."""


class MissingFolderError(ConfinementError):
    """There is no such folder, at present."""


def real_folder(path: str, root: str = '') -> Path:
    """The folder that `path` leads to, without symbolic links and `..`.

    Args:
        path: absolute, or relative to `root`; without a root, to the working folder.
        root: folder that everything must lie in, by its real place: also what links lead to,
            those inside the folder included. '': anywhere.

    Raises:
        MissingFolderError: there is none.
        ConfinementError: outside of the root, or with something inside that is neither file nor
            folder (a pipe would be read for ever).
    """
    base = _resolved(root, 'checkpoint_root') if root else None
    folder = _resolved(str((base or Path()) / path), 'checkpoint')
    if base is not None:
        _require_inside(folder, base, path)
    for entry in sorted(folder.iterdir()):
        if not (entry.is_file() or entry.is_dir()):
            raise ConfinementError(f'checkpoint {path!r}: {entry.name} is no regular file')
        if base is not None:
            _require_inside(entry.resolve(), base, str(entry))
    return folder


def _resolved(path: str, what: str) -> Path:
    try:
        folder = Path(path).resolve()
        if folder.is_dir():
            return folder
    except (OSError, ValueError, RuntimeError) as error:  # no permission, a NUL, a ring of links
        raise ConfinementError(f'{what} {path!r} cannot be followed: {error}') from error
    kind = 'is a file and no folder' if folder.exists() else 'is no folder'
    raise MissingFolderError(
        f'{what} {path!r} {kind}; it names the folder with config.json and model.safetensors'
        if what == 'checkpoint'
        else f'{what} {path!r} {kind}'
    )


def _require_inside(place: Path, base: Path, path: str) -> None:
    if not place.is_relative_to(base):
        raise ConfinementError(
            f'checkpoint {path!r} leads to {place}, outside of checkpoint_root {base}'
        )
