"""Llama 3's scaling of positions, which GGUF has as one factor a frequency (`rope_freqs.weight`).

    f_i = 1                                   wavelength_i < L / high
    f_i = scale                               wavelength_i > L / low
    f_i = 1 / ((1 - s) / scale + s)           between,  s = (L / wavelength_i - low) / (high - low)

wavelength_i = 2 pi theta^(2 i / d), d the size of a head, L the context before the scaling.
llama.cpp divides the frequency by f_i. (L, low, high) and any multiple are the same scaling.
"""

from __future__ import annotations

from typing import Any

import numpy as np

FACTORS = "rope_freqs.weight"
PUBLISHED = {"original_max_position_embeddings": 8192, "low_freq_factor": 1, "high_freq_factor": 4}


def rope_factors(rope: dict[str, Any], head: int) -> np.ndarray:
    """f of each frequency, float32, from `rope_parameters` of a transformers configuration."""
    wavelength = _wavelengths(rope["rope_theta"], head)
    low, high = rope["low_freq_factor"], rope["high_freq_factor"]
    smooth = (rope["original_max_position_embeddings"] / wavelength - low) / (high - low)
    smooth = smooth.clip(0, 1)
    return (1 / ((1 - smooth) / rope["factor"] + smooth)).astype(np.float32)


def rope_parameters(factors: np.ndarray, theta: float, head: int) -> dict[str, Any]:
    """What transformers is told so that it makes the same factors.

    Raises `ValueError` where there is no such scaling, or too few factors between 1 and the largest
    to tell which one it is.
    """
    scale = float(factors.max())
    known = {"rope_type": "llama3", "rope_theta": theta, "factor": scale}
    fitted = _fitted(factors.astype(np.float64), theta, head)
    for found in (PUBLISHED, *([fitted] if fitted else [])):
        rope = {**known, **found}
        made = rope_factors(rope, head)
        if made.shape == factors.shape and np.allclose(made, factors, rtol=1e-4):
            return rope
    raise ValueError(f"'{FACTORS}' is no scaling of positions as Llama 3 has it")


def _fitted(factors: np.ndarray, theta: float, head: int) -> dict[str, Any] | None:
    """With low = 1, s is a line over 1 / wavelength: slope L / (high - 1), start 1 / (1 - high)."""
    scale = factors.max()
    between = (factors > 1.0001) & (factors < 0.9999 * scale)
    if factors.shape != (head // 2,) or between.sum() < 2:
        return None
    smooth = (1 / factors[between] - 1 / scale) / (1 - 1 / scale)
    slope, start = np.polyfit(1 / _wavelengths(theta, head)[between], smooth, 1)
    return {
        "original_max_position_embeddings": round(-slope / start),
        "low_freq_factor": 1.0,
        "high_freq_factor": round(float(1 - 1 / start), 4),
    }


def _wavelengths(theta: float, head: int) -> np.ndarray:
    return 2 * np.pi * theta ** (np.arange(0, head, 2, dtype=np.float64) / head)
