"""GlaViTU on ONNX Runtime against TensorFlow, on the same patches, the same cores and the same weights.

    python tests/benchmarks/bench_tensorflow.py [--rounds 4] [--patches 2]

TensorFlow is no dependency: a throw-away environment is made with pip in build/tensorflow (tensorflow-cpu 2.15.1,
about 500 MB, once). The network stands there in Keras, written anew (tensorflow_side.py), with the weights of the
golden file; its output must be the golden output and that of the imported package, or nothing is timed. Each side
runs in every way that is sensible, interleaved; the best median of one is compared with the best median of the other.
Figures go to build/bench/tensorflow.json. Needs the golden files beside the project.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT.parent / "shared" / "golden"
WORK = ROOT / "build" / "tensorflow"
RESULT = ROOT / "build" / "bench" / "tensorflow.json"
TENSORFLOW = "tensorflow-cpu==2.15.1"
SPEEDUP = 1.15
TOLERANCE = 1e-4
CORES = os.cpu_count() or 1
sys.path.insert(0, str(ROOT))


def environment() -> Path:
    """The Python of the throw-away environment, made where it is missing."""
    python = WORK / "venv" / "bin" / "python"
    probe = [str(python), "-c", "import tensorflow"]
    if not python.exists() or subprocess.run(probe, capture_output=True, check=False).returncode:
        WORK.mkdir(parents=True, exist_ok=True)
        print(f"making an environment with {TENSORFLOW} in {WORK} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", WORK / "venv"], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-input", TENSORFLOW], check=True)
    return python


def make_package(weights: Path) -> Path:
    """The golden weights as a package of this project."""
    from glacier_mapper.core.progress import Controls
    from glacier_mapper.runner.architectures import KerasImport, import_keras

    order = {
        "weights": str(weights), "architecture": "glavitu", "inputs": "optical,dem", "out": str(WORK / "glavitu"),
        "stats": str(GOLDEN / "stats.json"), "overwrite": True,
    }  # fmt: skip
    return Path(import_keras(KerasImport.from_json(order), Controls())["package"])


def make_patches(count: int) -> dict[str, np.ndarray]:
    """The golden patch and turns of it: (count, bands, 384, 384) float32 by input."""
    with np.load(GOLDEN / "global_golden.npz") as golden:
        scaled = {name: golden[f"input_{name}"].astype(np.float32) / np.float32(255) for name in ("optical", "dem")}
    return {
        name: np.stack([np.rot90(values, turn).transpose(2, 0, 1) for turn in range(count)])
        for name, values in scaled.items()
    }


class TensorFlow:
    """The other process."""

    def __init__(self, python: Path, weights: Path, patches: Path) -> None:
        command = [str(python), str(Path(__file__).with_name("tensorflow_side.py")), str(weights), str(patches)]
        keys = ("PYTHONPATH", "PYTHONHOME")
        clean = {**{key: value for key, value in os.environ.items() if key not in keys}, "BENCH_THREADS": str(CORES)}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=clean
        )

    def ask(self, word: str) -> dict:
        """One command and its answer."""
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("TensorFlow's process ended: run tensorflow_side.py by hand to see why")
        return json.loads(line)

    def close(self) -> None:
        """End it."""
        self.process.stdin.write("quit\n")
        self.process.stdin.close()
        self.process.wait(60)


class OnnxRuntime:
    """Sessions of the package in the ways that are compared."""

    def __init__(self, package: Path, patches: dict[str, np.ndarray]) -> None:
        import onnxruntime

        def session(threads: int) -> onnxruntime.InferenceSession:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            path = str(package / "model.onnx")
            return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

        self.patches = [{name: values[at : at + 1] for name, values in patches.items()}
                        for at in range(len(patches["dem"]))]  # fmt: skip
        self.whole, self.single = session(CORES), session(1)
        self.pool = ThreadPoolExecutor(CORES)

    def all_threads(self) -> list[np.ndarray]:
        """A patch at a time, all cores on it."""
        return [self.whole.run(None, patch)[0] for patch in self.patches]

    def patch_a_thread(self) -> list[np.ndarray]:
        """As many patches at a time as there are cores, one core each."""
        return list(self.pool.map(lambda patch: self.single.run(None, patch)[0], self.patches))


def check(ours: np.ndarray, theirs: np.ndarray) -> dict[str, float]:
    """Largest differences of both to the golden output and to one another. Ends the program where one is too large."""
    with np.load(GOLDEN / "global_golden.npz") as golden:
        wanted = golden["output"]
    found = {
        "tensorflow_to_golden": float(np.abs(theirs[:1, ::4, ::4] - wanted).max()),
        "onnxruntime_to_golden": float(np.abs(ours[:1, :, ::4, ::4].transpose(0, 2, 3, 1) - wanted).max()),
        "onnxruntime_to_tensorflow": float(np.abs(ours.transpose(0, 2, 3, 1) - theirs).max()),
    }
    if not max(found.values()) <= TOLERANCE:
        raise SystemExit(f"the two do not compute the same, so their times say nothing: {found}")
    return found


def timed(run: object) -> dict[str, float]:
    """Wall and CPU seconds of one call."""
    started, cpu = time.perf_counter(), time.process_time()
    run()
    return {"wall_s": time.perf_counter() - started, "cpu_s": time.process_time() - cpu}


def measure(other: TensorFlow, own: OnnxRuntime, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Every way of both sides once a round, after a round that is not counted."""
    ways = {f"tensorflow {word}": (lambda word=word: other.ask(word)) for word in ("graph", "batch", "predict")}
    ways["onnxruntime all threads"] = lambda: timed(own.all_threads)
    ways["onnxruntime patch a thread"] = lambda: timed(own.patch_a_thread)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, run in ways.items():
            figures = run()
            if number:
                found[name].append(figures)
            print(number, name, {key: round(value, 2) for key, value in figures.items()}, file=sys.stderr)
    return found


def summary(runs: dict[str, list[dict[str, float]]], patches: int) -> dict:
    """Seconds a patch of the best way of each side, and the target."""
    medians = {
        key: {name: statistics.median(one[key] for one in found) / patches for name, found in runs.items()}
        for key in ("wall_s", "cpu_s")
    }
    best = {
        side: min((name for name in runs if name.startswith(side)), key=lambda name: medians["wall_s"][name])
        for side in ("tensorflow", "onnxruntime")
    }
    rounds = range(len(runs[best["tensorflow"]]))
    ratios = {
        key: statistics.median(runs[best["onnxruntime"]][at][key] / runs[best["tensorflow"]][at][key] for at in rounds)
        for key in ("wall_s", "cpu_s")
    }
    limit, value = 1 / SPEEDUP, ratios["wall_s"]
    return {
        "targets": {"ort_over_tensorflow": {"value": round(value, 4), "limit": round(limit, 4), "met": value <= limit}},
        "speedup": round(1 / value, 3),
        "cpu_ratio": round(ratios["cpu_s"], 4),
        "best": best,
        "seconds_per_patch": {key: {n: round(s, 3) for n, s in one.items()} for key, one in medians.items()},
        "runs": runs,
    }


def main() -> int:
    """Make both sides, check them against one another, time them, write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--patches", type=int, default=2)
    given = parser.parse_args()
    if not GOLDEN.is_dir():
        print(f"no golden files in {GOLDEN}: nothing to compare")
        return 0
    python, weights, store = environment(), WORK / "glavitu.h5", WORK / "patches.npz"
    subprocess.run([sys.executable, GOLDEN / "make_h5.py", GOLDEN / "global_layout.json", weights], check=True)
    patches = make_patches(given.patches)
    np.savez(store, **patches)
    own, other = OnnxRuntime(make_package(weights), patches), TensorFlow(python, weights, store)
    try:
        told = other.ask("check")
        differences = check(np.concatenate(own.all_threads()), np.load(WORK / "output.npy"))
        found = summary(measure(other, own, given.rounds), given.patches)
    finally:
        other.close()
    result = {**found, "differences": differences, "cores": CORES, **told}
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps({key: result[key] for key in ("targets", "speedup", "best", "differences")}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
