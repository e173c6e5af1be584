# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One tagged word of a question."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Token:
    """One tagged word.

    Attributes:
        kind: 'mask', 'id', 'number', 'quantity', 'superlative', 'ordinal', 'attribute',
            'determiner', 'neutral', 'noun', 'nouns' (plural), 'viewer', 'relation', 'side', 'word'
            (in the lexicon), 'unknown', 'punct'.
        text: the words, lower case.
        value: canonical word for the kind ('leftmost', 'in', class name, the id as the scene
            spells it ...).
        start, end: characters of the normalised text.
        number: the number, metres for a quantity, the position of a mask.
    """

    kind: str
    text: str
    value: str
    start: int
    end: int
    number: float = 0.0
