# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where pictures come from: a folder, or halls that are rendered on the fly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from smolrgpt_ros.training.data.pictures import Pictures

from .errors import SettingsError

SYNTHETIC = 'synthetic'


@dataclass(frozen=True)
class Source:
    """Data by name.

    Attributes:
        data: a dataset's folder, `synthetic`, or `synthetic:SEED`.
        split: which of a folder's `<split>.json`.
        kinds: what is asked, with weights ('caption', 'region', 'freeform', 'normalized').
        size_px: width and height of synthetic pictures.
        strict: refuse a folder with malformed records.
    """

    data: str
    kinds: Mapping[str, float]
    split: str = 'train'
    size_px: tuple[int, int] = (320, 240)
    strict: bool = False

    def samples(self) -> Iterator[Pictures]:
        """Pictures of every kind that the data can be read in, for words to be learnt of."""
        for kind in ('caption', 'region', 'freeform', 'normalized'):
            try:
                yield self.pictures(16, {kind: 1.0})
            except SettingsError:
                if kind in self.kinds:
                    raise

    def pictures(self, questions: int, kinds: Mapping[str, float] | None = None) -> Pictures:
        """The pictures, each with about `questions` questions. Raises `SettingsError`."""
        kinds = self.kinds if kinds is None else kinds
        name, _, seed = self.data.partition(':')
        try:
            if name == SYNTHETIC and not Path(self.data).exists():
                return self._synthetic(int(seed or '0'), questions, kinds)
            return self._folder(questions, kinds)
        except (ValueError, OSError) as error:
            raise SettingsError(f'--data {self.data}: {error}') from error

    def _synthetic(self, seed: int, questions: int, kinds: Mapping[str, float]) -> Pictures:
        from smolrgpt_ros.training.data.synthetic import SyntheticPictures

        return SyntheticPictures(seed, dict(kinds), self.size_px, questions)

    def _folder(self, questions: int, kinds: Mapping[str, float]) -> Pictures:
        from smolrgpt_ros.training.data.folder import FolderPictures

        if len(kinds) != 1:
            raise SettingsError('a folder is read in one kind; weights are for synthetic data')
        kind = next(iter(kinds))
        return FolderPictures(
            Path(self.data), self.split, kind, questions=questions, strict=self.strict
        )


def parse_kinds(text: str) -> dict[str, float]:
    """Read `normalized` or `normalized=3,region=1`. Raises `SettingsError`."""
    kinds = {}
    for item in text.split(','):
        name, _, weight = item.strip().partition('=')
        try:
            kinds[name] = float(weight or '1')
        except ValueError:
            raise SettingsError(
                f'the weight of kind {name!r} is {weight!r}, expected a number'
            ) from None
    return kinds
