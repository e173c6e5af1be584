# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Words to token numbers and back, and the training prompt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tokenizers import AddedToken, Tokenizer

from .config import LanguageConfig
from .errors import CheckpointError, PromptError

MASK = '<mask>'
END = '<|im_end|>'
#: tokens after the base vocabulary, in this order
EXTRA = ('<|image|>', '<mask_rgb>', '<mask_depth>')
_OPENING, _CLOSING = '<|im_start|>user\n', f'{END}\n<|im_start|>assistant\n'
_RESERVED = (*EXTRA, END, '<|im_start|>', '<|endoftext|>')


@dataclass(frozen=True)
class PromptTokens:
    """Token numbers of a question after the image tokens, and how many masks it speaks of."""

    ids: tuple[int, ...]
    masks: int


class PromptTokenizer:
    """The checkpoint's tokenizer with the image and mask tokens added."""

    def __init__(self, path: Path, config: LanguageConfig) -> None:
        """Read `path` (a `tokenizer.json`). Raises `CheckpointError`."""
        try:
            self._tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises plain Exception
            raise CheckpointError(f'{path} is no tokenizer: {error}') from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._tokenizer.add_special_tokens([AddedToken(text, special=True) for text in EXTRA])
        base = config.lm_base_vocab_size
        numbers = [self._tokenizer.token_to_id(text) for text in EXTRA]
        if numbers != [base, base + 1, base + 2]:
            raise CheckpointError(
                f'{path} gives {", ".join(EXTRA)} the numbers {numbers}, expected them after the '
                f'base vocabulary of {base}: this tokenizer belongs to another checkpoint'
            )
        self.image, self.mask_rgb, self.mask_depth = numbers
        end = self._tokenizer.token_to_id(END)
        if end is None:
            raise CheckpointError(f'{path} has no {END}, at which every answer ends')
        self.end: int = end
        #: the prompt up to the last image token, the same for every question of a frame
        self.prefix = (*self.encode(_OPENING), *(self.image,) * config.mp_image_token_length)

    def encode(self, text: str) -> tuple[int, ...]:
        """Token numbers of `text`, nothing added."""
        return tuple(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def decode(self, ids: tuple[int, ...]) -> str:
        """Text of token numbers, without special tokens."""
        return self._tokenizer.decode(list(ids), skip_special_tokens=True).strip()

    def question(self, text: str) -> PromptTokens:
        """Tokens of a question with ``<mask>`` where a region is meant; they follow `prefix`.

        A leading ``<image>`` line, as records have it, is dropped: the prefix holds the picture.
        Raises `PromptError` for text that contains the model's own control tokens.
        """
        text = text.removeprefix('<image>').lstrip('\n')
        found = [token for token in _RESERVED if token in text]
        if found:
            raise PromptError(f'the question contains {found[0]}, which only the prompt itself may')
        ids = self.encode(text.replace(MASK, EXTRA[1] + EXTRA[2]) + _CLOSING)
        return PromptTokens(ids, text.count(MASK))
