# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Safetensors files: mapped for reading, streamed for writing.

The format is a length (8 bytes, little endian), a JSON table of names, types, shapes and offsets,
and the numbers. It is read here rather than by its library because a robot's error message has
to name the broken tensor, and because pages that were copied have to be given back while loading.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import prod
from pathlib import Path

import torch
from torch import Tensor

from .errors import CheckpointError

_DTYPES = {'F32': torch.float32, 'F16': torch.float16, 'BF16': torch.bfloat16, 'I8': torch.int8}
_CODES = {dtype: code for code, dtype in _DTYPES.items()}
_HEADER_LIMIT = 100_000_000


@dataclass(frozen=True)
class Entry:
    """Where one tensor lies: dtype (None: not supported), shape, first byte and size in bytes."""

    dtype: torch.dtype | None
    shape: tuple[int, ...]
    offset: int
    size: int


class StoredTensors:
    """One mapped safetensors file. Tensors are views of the mapping: nothing is read before use.

    Attributes:
        metadata: the file's own words about itself.
    """

    def __init__(self, path: Path) -> None:
        """Map `path` and check its table. Raises `CheckpointError` naming the broken tensor."""
        self.path = path
        try:
            with path.open('rb') as file:
                # Copy-on-write, so that torch gets the writable buffer it asks for and the file
                # is never changed.
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
                self._descriptor = os.dup(file.fileno())
                weakref.finalize(self, os.close, self._descriptor)
                self._as_mapped = self._written()
        except FileNotFoundError:
            raise CheckpointError(
                f'{path} does not exist; weights are read from safetensors files only'
            ) from None
        except (OSError, ValueError) as error:
            raise CheckpointError(f'{path} cannot be mapped: {error}') from error
        self.entries, self.metadata = _table(path, self._map)

    def overwritten(self) -> bool:
        """Whether the mapped file itself was written to; one that took its place does no harm."""
        return self._written() != self._as_mapped

    def _written(self) -> tuple[int, int]:
        """Size of the mapped file, wherever it is now, and when it was written to."""
        found = os.fstat(self._descriptor)
        return found.st_size, found.st_mtime_ns

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of the tensor `name`."""
        return self._entry(name).shape

    def tensor(self, name: str, shape: tuple[int, ...] | None = None) -> Tensor:
        """View of the tensor `name`; with `shape`, that shape is demanded.

        Raises `CheckpointError` when it is not there or has another shape.
        """
        entry = self._entry(name)
        if shape is not None and entry.shape != shape:
            raise CheckpointError(
                f'{self.path}: tensor {name} has shape {list(entry.shape)}, '
                f'expected {list(shape)} from config.json'
            )
        if entry.dtype is None:
            raise CheckpointError(
                f'{self.path}: tensor {name} has a type that is not supported; '
                f'{", ".join(_DTYPES)} are'
            )
        if entry.size == 0:
            return torch.empty(entry.shape, dtype=entry.dtype)
        flat = torch.frombuffer(
            self._map, dtype=entry.dtype, count=prod(entry.shape), offset=entry.offset
        )
        return flat.view(entry.shape)

    def release(self, *names: str) -> None:
        """Take the pages of `names` out of resident memory; the next use reads them again."""
        for name in names:
            entry = self._entry(name)
            first = -(-entry.offset // mmap.PAGESIZE) * mmap.PAGESIZE
            length = (entry.offset + entry.size - first) // mmap.PAGESIZE * mmap.PAGESIZE
            if length > 0 and hasattr(mmap, 'MADV_DONTNEED'):
                self._map.madvise(mmap.MADV_DONTNEED, first, length)

    def release_all(self) -> None:
        """Take all pages of the file out of resident memory."""
        if hasattr(mmap, 'MADV_DONTNEED'):
            self._map.madvise(mmap.MADV_DONTNEED)

    def _entry(self, name: str) -> Entry:
        try:
            return self.entries[name]
        except KeyError:
            raise CheckpointError(f'{self.path} misses tensor {name}') from None


def write_tensors(
    path: Path,
    tensors: Iterable[tuple[str, tuple[int, ...], torch.dtype]],
    value: Callable[[str], Tensor],
    metadata: dict[str, str] | None = None,
) -> None:
    """Write a safetensors file one tensor at a time: `value(name)` gives each one when it is due.

    A model larger than the memory at hand can be written, since only its table is built first.
    """
    header: dict[str, object] = {'__metadata__': metadata} if metadata else {}
    names, offset = [], 0
    # Wide types first keeps every tensor aligned to its own size.
    for name, shape, dtype in sorted(tensors, key=lambda row: (-row[2].itemsize, row[0])):
        size = prod(shape) * dtype.itemsize
        header[name] = {
            'dtype': _CODES[dtype],
            'shape': list(shape),
            'data_offsets': [offset, offset + size],
        }
        names.append((name, shape, dtype))
        offset += size
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * ((56 - len(text)) % 64)  # numbers begin at a multiple of 64 bytes
    with path.open('wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        for name, shape, dtype in names:
            tensor = value(name)
            if tuple(tensor.shape) != shape or tensor.dtype != dtype:
                raise ValueError(
                    f'{name}: {tensor.dtype} {tuple(tensor.shape)} is not the '
                    f'announced {dtype} {shape}'
                )
            file.write(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().data)


def _table(path: Path, data: mmap.mmap) -> tuple[dict[str, Entry], dict[str, str]]:
    """Parse and check the table at the head of a safetensors file."""
    if len(data) < 8:
        raise CheckpointError(f'{path} is cut off: {len(data)} bytes hold no table of tensors')
    length = struct.unpack('<Q', data[:8])[0]
    if length > min(len(data) - 8, _HEADER_LIMIT):
        raise CheckpointError(
            f'{path} is cut off or no safetensors file: its table of tensors '
            f'claims {length} bytes, the file has {len(data)}'
        )
    try:
        header = json.loads(data[8 : 8 + length])
        rows = {name: row for name, row in header.items() if name != '__metadata__'}
    except (AttributeError, RecursionError, ValueError) as error:
        raise CheckpointError(f'{path}: the table of tensors is broken: {error}') from error
    metadata = header.get('__metadata__') or {}
    if not isinstance(metadata, dict) or any(type(text) is not str for text in metadata.values()):
        raise CheckpointError(f'{path}: __metadata__ is no table of texts')
    base, end = 8 + length, len(data)
    return {name: _parsed(path, name, row, base, end) for name, row in rows.items()}, metadata


def _parsed(path: Path, name: str, row: object, base: int, end: int) -> Entry:
    """One row of the table as an `Entry`; the message of every error names the tensor."""
    try:
        code = str(row['dtype'])  # type: ignore[index]
        shape = _whole_numbers(row['shape'])  # type: ignore[index]
        begin, stop = _whole_numbers(row['data_offsets'])  # type: ignore[index]
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f'{path}: the entry of tensor {name} is broken: {error!r}') from error
    count = prod(shape)
    if code not in _DTYPES:
        # Tensors of other types may exist as long as nobody asks for them.
        return Entry(None, shape, base, 0)
    dtype, size = _DTYPES[code], stop - begin
    if size != count * dtype.itemsize or begin < 0 or min(shape, default=0) < 0:
        raise CheckpointError(
            f'{path}: tensor {name} of shape {list(shape)} and type {code} has '
            f'{size} bytes, expected {count * dtype.itemsize}'
        )
    if base + stop > end:
        raise CheckpointError(
            f'{path} is cut off: tensor {name} ends at byte {base + stop}, the '
            f'file has {end}; copy the checkpoint again'
        )
    return Entry(dtype, shape, base + begin, size)


def _whole_numbers(values: object) -> tuple[int, ...]:
    """A list of the table, whose items must be whole numbers. Raises TypeError."""
    if not isinstance(values, list) or any(type(value) is not int for value in values):
        raise TypeError(f'{str(values)[:80]} is no list of whole numbers')
    return tuple(values)
