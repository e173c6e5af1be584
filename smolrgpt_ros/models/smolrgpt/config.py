# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The flat ``config.json`` of a checkpoint, as one typed value."""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from .errors import CheckpointError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_TYPES: dict[str, type | tuple[type, ...]] = {
    'int': int,
    'float': (int, float),
    'bool': bool,
    'str': str,
}


_LARGEST = 1 << 20
_MOST_LAYERS = 128
_LAYERS = frozenset(
    {
        'vit_n_blocks', 'lm_n_blocks', 'vision_depths', 'fusion_layers', 'experts', 'reinspections',
    }
)  # fmt: skip


class LanguageConfig(Protocol):
    """What language model, prompts, masks and folders need to know, whatever network sees."""

    @property
    def lm_hidden_dim(self) -> int: ...  # noqa: D102 - as in `SmolRgptConfig`, like all below
    @property
    def lm_inter_dim(self) -> int: ...  # noqa: D102
    @property
    def lm_base_vocab_size(self) -> int: ...  # noqa: D102
    @property
    def lm_max_position_embeddings(self) -> int: ...  # noqa: D102
    @property
    def lm_n_heads(self) -> int: ...  # noqa: D102
    @property
    def lm_n_kv_heads(self) -> int: ...  # noqa: D102
    @property
    def lm_n_blocks(self) -> int: ...  # noqa: D102
    @property
    def lm_rms_eps(self) -> float: ...  # noqa: D102
    @property
    def lm_attn_scaling(self) -> float: ...  # noqa: D102
    @property
    def mp_image_token_length(self) -> int: ...  # noqa: D102
    @property
    def vocabulary(self) -> int: ...  # noqa: D102
    @property
    def head_dim(self) -> int: ...  # noqa: D102
    @property
    def vit_img_size(self) -> int: ...  # noqa: D102
    @property
    def refined_side(self) -> int: ...  # noqa: D102
    def to_json(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class SmolRgptConfig:
    """The keys of ``config.json`` that shape the network; everything else there is ignored.

    Defaults exist only for keys that do not change the network's shape.
    """

    vit_hidden_dim: int
    vit_inter_dim: int
    vit_patch_size: int
    vit_img_size: int
    vit_n_heads: int
    vit_n_blocks: int
    lm_hidden_dim: int
    lm_inter_dim: int
    lm_re_base: float
    lm_max_position_embeddings: int
    lm_base_vocab_size: int
    lm_n_heads: int
    lm_n_kv_heads: int
    lm_n_blocks: int
    mp_pixel_shuffle_factor: int
    mp_image_token_length: int
    extra_token_amount: int = 3
    vit_ln_eps: float = 1e-6
    lm_rms_eps: float = 1e-5
    lm_attn_scaling: float = 1.0
    lm_tie_weights: bool = True
    vit_cls_flag: bool = False
    stage: str = ''

    @property
    def vocabulary(self) -> int:
        """Rows of the embedding: the base vocabulary and the image and mask tokens after it."""
        return self.lm_base_vocab_size + self.extra_token_amount

    @property
    def patches_per_side(self) -> int:
        """Patches along one side of the square picture."""
        return self.vit_img_size // self.vit_patch_size

    @property
    def tokens_per_side(self) -> int:
        """Image tokens along one side, after the pixel shuffle."""
        return self.patches_per_side // self.mp_pixel_shuffle_factor

    @property
    def refined_side(self) -> int:
        """Cells along one side of the refined map: three doublings of the token grid."""
        return 8 * self.tokens_per_side

    @property
    def head_dim(self) -> int:
        """Channels of one attention head of the language model."""
        return self.lm_hidden_dim // self.lm_n_heads

    def to_json(self) -> str:
        """Text of a ``config.json`` that ``read_config`` reads back."""
        return json.dumps(asdict(self), indent=2) + '\n'


#: What the published 600M checkpoints are made of.
FULL_SIZE = SmolRgptConfig(
    vit_hidden_dim=768,
    vit_inter_dim=3072,
    vit_patch_size=16,
    vit_img_size=256,
    vit_n_heads=12,
    vit_n_blocks=12,
    lm_hidden_dim=960,
    lm_inter_dim=2560,
    lm_re_base=100000.0,
    lm_max_position_embeddings=8192,
    lm_base_vocab_size=49152,
    lm_n_heads=15,
    lm_n_kv_heads=5,
    lm_n_blocks=32,
    mp_pixel_shuffle_factor=2,
    mp_image_token_length=64,
    stage='random',
)


def read_config(path: Path) -> SmolRgptConfig:
    """Read `path`; unknown keys are ignored, missing and mistyped ones are named.

    Raises `CheckpointError`.
    """
    raw = read_object(path)
    return _checked(SmolRgptConfig(**typed_fields(SmolRgptConfig, raw, path)), path)


def read_object(path: Path) -> dict[str, object]:
    """Read the JSON object in `path`. Raises `CheckpointError`."""
    try:
        raw = json.loads(path.read_text(encoding='utf-8'))
    except FileNotFoundError:
        raise CheckpointError(
            f'{path} does not exist; a checkpoint folder holds config.json and model.safetensors'
        ) from None
    except (OSError, RecursionError, ValueError) as error:
        raise CheckpointError(f'{path} cannot be read as JSON: {error}') from error
    if not isinstance(raw, dict):
        raise CheckpointError(f'{path} holds a {type(raw).__name__}, expected an object')
    return raw


def typed_fields(kind: type, raw: dict[str, object], path: Path) -> dict[str, Any]:
    """Values in `raw` for the fields of the dataclass `kind`; other keys are left out.

    Raises `CheckpointError` naming the keys of `path` that are missing or of another type.
    """
    required = [field.name for field in fields(kind) if field.default is MISSING]
    missing = [name for name in required if name not in raw]
    if missing:
        raise CheckpointError(f'{path} misses {", ".join(missing)}')
    values: dict[str, Any] = {}
    for field in fields(kind):
        value = raw.get(field.name)
        if value is None and field.name not in required:
            continue
        if field.type == 'tuple[int, ...]' and isinstance(value, list):
            value = tuple(value)
        if not _fits(value, str(field.type)):
            raise CheckpointError(f'{path}: {field.name} is {value!r}, expected {field.type}')
        values[field.name] = value
    return values


def _fits(value: object, wanted: str) -> bool:
    """Whether a value has the type that is named `wanted`; a bool is no number."""
    if wanted == 'tuple[int, ...]':
        return isinstance(value, tuple) and all(_fits(item, 'int') for item in value)
    return isinstance(value, _TYPES[wanted]) and (wanted == 'bool' or not isinstance(value, bool))


def refuse_odd_numbers(
    config: DataclassInstance, where: Path | str, *, may_be_zero: Collection[str] = ()
) -> None:
    """Raise `CheckpointError` for the first number that no network has, naming its key.

    What counts layers or experts has a bound of its own: each is built, and checked by name, before
    the weights show that they are not there.
    """
    for field in fields(config):
        kind, value = str(field.type), getattr(config, field.name)
        if 'int' in kind:
            most = _MOST_LAYERS if field.name in _LAYERS else _LARGEST
            least = 0 if field.name in may_be_zero else 1
            for number in value if isinstance(value, tuple) else (value,):
                if number < least:
                    raise CheckpointError(
                        f'{where}: {field.name} is {value}, expected more than zero'
                    )
                if number > most:
                    raise CheckpointError(
                        f'{where}: {field.name} is {value}, expected at most {most}'
                    )
        elif kind == 'float' and not (value >= 0.0 and math.isfinite(value)):
            raise CheckpointError(
                f'{where}: {field.name} is {value}, expected a finite number, not below zero'
            )


def _checked(config: SmolRgptConfig, path: Path) -> SmolRgptConfig:
    """Reject numbers that cannot form a network, each with the reason."""
    refuse_odd_numbers(config, path, may_be_zero={'extra_token_amount'})
    tokens = config.mp_image_token_length - config.tokens_per_side**2
    rules = {
        'vit_hidden_dim is no multiple of vit_n_heads': config.vit_hidden_dim % config.vit_n_heads,
        'vit_img_size is no multiple of vit_patch_size': config.vit_img_size
        % config.vit_patch_size,
        'lm_hidden_dim is no multiple of lm_n_heads': config.lm_hidden_dim % config.lm_n_heads,
        'lm_hidden_dim / lm_n_heads is odd, but its channels turn in pairs': config.head_dim % 2,
        'lm_n_heads is no multiple of lm_n_kv_heads': config.lm_n_heads % config.lm_n_kv_heads,
        'mp_image_token_length is not what picture, patch and pixel shuffle give': tokens,
        'extra_token_amount is not 3 (image, mask_rgb, mask_depth)': config.extra_token_amount - 3,
        'vit_cls_flag is set, but this architecture has no class token': config.vit_cls_flag,
        'lm_tie_weights is off, but the head is stored tied': not config.lm_tie_weights,
    }
    broken = [rule for rule, amount in rules.items() if amount]
    if broken:
        raise CheckpointError(f'{path}: {"; ".join(broken)}')
    return config
