# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Linear layers in the types that pay off: dense, float16 packed for x86, int8.

All take and give activations of the model's compute type; only how the weight is kept differs.
`benchmarks/README.md` says what was measured for each.
"""

from __future__ import annotations

import warnings

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .quantise import Int8Weight


def packed_types() -> bool:
    """Whether this build of torch has the x86 kernels for packed float16 and int8 weights."""
    return 'fbgemm' in torch.backends.quantized.supported_engines


def exact_int8() -> bool:
    """Whether the processor adds products of eight bits without overflow (VNNI).

    Without it fbgemm adds pairs in 16 bits: 85 % of the golden tokens agree instead of 97.
    """
    return bool(getattr(torch.cpu, '_is_vnni_supported', lambda: False)())


class FewRows(nn.Linear):
    """Dense float32 layer without bias for a CPU, turned round where tokens are few.

    For 2 to 48 tokens the product `weight @ x.T` is 1.1 to 1.4 times as fast as `x @ weight.T` with
    torch's library (MKL), which cuts the larger side into blocks.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(..., K) -> (..., N)."""
        rows = x.numel() // x.shape[-1]
        if not 1 < rows <= 48:
            return F.linear(x, self.weight, self.bias)
        return (self.weight @ x.flatten(0, -2).t()).t().reshape(*x.shape[:-1], -1)


class Half(nn.Module):
    """Weight in float16, activations and sums in float32 (x86 only)."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        """Pack `weight` (N, K) and `bias` (N,)."""
        super().__init__()
        with _PackingKernels():
            self.packed = torch.ops.quantized.linear_prepack_fp16(
                weight.float(), None if bias is None else bias.float()
            )

    def forward(self, x: Tensor) -> Tensor:
        """(..., K) -> (..., N)."""
        return torch.ops.quantized.linear_dynamic_fp16(x, self.packed)


class PackedInt8(nn.Module):
    """Weight in int8, one scale a row; activations quantised to 8 bits token by token (x86 only).

    The kernel knows one activation range a call. Every token is therefore divided by its own
    largest magnitude first, and its outputs multiplied after: a token with outliers, as the first
    of a prompt is known to have, costs the others no precision.
    """

    def __init__(self, weight: Int8Weight, bias: Tensor | None) -> None:
        """Pack `weight` (N, K); `bias` (N,) is added after rescaling."""
        super().__init__()
        rows = weight.values.shape[0]
        with _PackingKernels(), warnings.catch_warnings():
            warnings.simplefilter('ignore')  # torch.ao's own deprecation notes
            quantised = torch._make_per_channel_quantized_tensor(
                weight.values, weight.scale.double(), torch.zeros(rows, dtype=torch.int64), 0
            )
            self.packed = torch.ops.quantized.linear_prepack(quantised, None)
        self.bias = None if bias is None else nn.Parameter(bias.float(), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        """(..., K) -> (..., N)."""
        if x.numel() == x.shape[-1]:  # one token: the kernel's range is its own already
            y = torch.ops.quantized.linear_dynamic(x, self.packed, False)
            return y if self.bias is None else y.add_(self.bias)
        peak = torch.maximum(x.amax(-1, keepdim=True), -x.amin(-1, keepdim=True))
        peak.clamp_min_(1e-30)  # (..., 1)
        y = torch.ops.quantized.linear_dynamic(x / peak, self.packed, False).mul_(peak)
        return y if self.bias is None else y.add_(self.bias)


class WeightOnlyInt8(nn.Module):
    """Weight in int8, one scale a row, widened to the activations' type when used (any device)."""

    values: Tensor
    scale: Tensor
    bias: Tensor | None

    def __init__(self, weight: Int8Weight, bias: Tensor | None) -> None:
        """Keep `weight` (N, K) as it is."""
        super().__init__()
        self.register_buffer('values', weight.values)
        self.register_buffer('scale', weight.scale)
        self.register_buffer('bias', bias)

    def forward(self, x: Tensor) -> Tensor:
        """(..., K) -> (..., N)."""
        y = F.linear(x, self.values.to(x.dtype)) * self.scale.to(x.dtype)
        return y if self.bias is None else y + self.bias


class Rows(nn.Module):
    """Embedding rows read straight from the stored table, wherever the head itself is packed."""

    def __init__(self, table: Tensor, scale: Tensor | None, dtype: torch.dtype) -> None:
        """`table` (V, D) may be a mapped file; `scale` (V,) belongs to an int8 table."""
        super().__init__()
        self.table, self.scale, self.dtype = table, scale, dtype

    def forward(self, ids: Tensor) -> Tensor:
        """(B, L) -> (B, L, D)."""
        rows = self.table[ids].to(self.dtype)
        return rows if self.scale is None else rows * self.scale[ids].to(self.dtype)[..., None]


class _PackingKernels:
    """Select the fbgemm kernels while packing, and leave the process as it was."""

    def __enter__(self) -> None:
        self._before = torch.backends.quantized.engine
        torch.backends.quantized.engine = 'fbgemm'

    def __exit__(self, *_: object) -> None:
        torch.backends.quantized.engine = self._before
