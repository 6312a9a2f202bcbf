"""Draws docs/images/simulated-scenes.jpg: twelve scenes, each in natural colours, in false colours and as truth."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from glacier_mapper.runner.training.simulate import SceneArrays, SceneSettings, simulate  # noqa: E402

SIDE, GAP = 256, 6
SCENES = (
    (47, "L8", "valley", "summer", ""), (50, "L8", "valley", "summer", ""), (52, "S2", "valley", "summer", ""),
    (42, "L8", "valley", "winter", "gaps"), (54, "L9", "valley", "winter", ""), (61, "L7", "valley", "early", "gaps"),
    (63, "L8", "cirque", "summer", "clouds"), (65, "S2", "ice_cap", "summer", ""), (66, "L8", "calving", "summer", ""),
    (71, "S2", "lowland", "summer", ""), (73, "L9", "coast", "summer", "clouds"),
    (78, "L8", "snow_patches", "early", ""),
)  # fmt: skip
"""Seed, sensor, kind, season, and what the sky or the product adds."""
NATURAL, FALSE = (2, 1, 0), (4, 3, 2)
GLACIER, DEBRIS, UNKNOWN = (86, 180, 233), (160, 98, 45), (130, 130, 130)


def stretched(bands: np.ndarray) -> np.ndarray:
    """Three bands (3, n, n) as a picture (n, n, 3): black at their 1st percentile, white at their 98th."""
    low, high = np.nanpercentile(bands, (1, 98))
    shown = np.clip((bands - low) / max(high - low, 0.05), 0, 1) ** 0.8
    return (np.nan_to_num(shown) * 255).astype(np.uint8).transpose(1, 2, 0)


def truth(scene: SceneArrays) -> np.ndarray:
    """Where glacier is, and where it lies under debris, (n, n, 3)."""
    picture = np.full((*scene.label.shape, 3), 25, np.uint8)
    for value, colour in ((scene.label == 1, GLACIER), (scene.debris == 1, DEBRIS), (scene.label == 255, UNKNOWN)):
        picture[value] = colour
    return picture


def drawn(seed: int, sensor: str, kind: str, season: str, more: str) -> np.ndarray:
    """One scene three times, side by side."""
    settings = SceneSettings(seed, SIDE, sensor, kind, season, clouds=more == "clouds", gaps=more == "gaps")
    scene = simulate(settings)
    gap = np.full((SIDE, GAP // 2, 3), 255, np.uint8)
    pictures = (stretched(scene.optical[list(NATURAL)]), stretched(scene.optical[list(FALSE)]), truth(scene))
    return np.concatenate([part for picture in pictures for part in (picture, gap)][:-1], 1)


def main() -> None:
    """Draw them two abreast, from the top left to the right and down."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images" / "simulated-scenes.jpg"
    made = [drawn(*one) for one in SCENES]
    columns = [made[at::2] for at in (0, 1)]
    gap = np.full((GAP, made[0].shape[1], 3), 255, np.uint8)
    sheets = [np.concatenate([part for scene in one for part in (scene, gap)][:-1], 0) for one in columns]
    between = np.full((sheets[0].shape[0], 2 * GAP, 3), 255, np.uint8)
    Image.fromarray(np.concatenate([sheets[0], between, sheets[1]], 1)).save(target, quality=86)


if __name__ == "__main__":
    main()
