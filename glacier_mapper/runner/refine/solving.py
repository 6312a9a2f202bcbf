"""A random walker with opinions: marks spread over the net, each pixel pulled a little by its own evidence.

Minimises the sum over neighbours of w (x_p - x_q)^2 plus the sum over pixels of g (x_p - e_p)^2, with x given at the
pixels that are not free (Grady 2006, IEEE PAMI 28, 1768-1783; with priors: Grady 2005, CVPR). These are eliminated
from the system, so they hold exactly. The rest is solved by conjugate gradients with a Jacobi preconditioner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from .lattice import Lattice

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Vector = npt.NDArray[np.float64]
Index = npt.NDArray[np.int32]

TOLERANCE = 3e-4
"""Of the residual against the right side, both scaled by the diagonal."""
MOST_STEPS = 500


@dataclass(frozen=True)
class Problem:
    """A rectangle of pixels to be solved.

    `free` (rows, cols) says which are to be found, `value` float32 (rows, cols) 0..1 what the others are and where the
    free ones begin. `evidence` (free pixels,) float32 0..1 is how much each looks like inside by itself, in the order
    of the rows; `pull` is how much that counts beside a weight of 1 between neighbours.
    """

    lattice: Lattice
    free: Mask
    value: Image
    evidence: Image
    pull: float


def walk(problem: Problem) -> Image:
    """The solution, float32 (rows, cols) 0..1; what is not free is as it was, to the last bit."""
    result = problem.value.copy()
    at = np.flatnonzero(problem.free)
    if at.size:
        matrix, right = system(problem, at)
        start = result.ravel()[at].astype(np.float64)
        result.ravel()[at] = np.clip(conjugate_gradients(matrix, right, start), 0.0, 1.0)
    return result


def system(problem: Problem, at: npt.NDArray[np.intp]) -> tuple[sparse.csr_array, Vector]:
    """Matrix (n, n) and right side (n,) of the free pixels `at` (flat indices), the others eliminated."""
    n, width = len(at), problem.free.shape[1]
    number = np.full(problem.free.size, -1, np.int32)
    number[at] = np.arange(n, dtype=np.int32)
    value, right_of, below = problem.value.ravel(), problem.lattice.right.ravel(), problem.lattice.down.ravel()
    diagonal = np.full(n, problem.pull)
    right = problem.pull * problem.evidence.astype(np.float64)
    columns, entries = np.empty((n, 5), np.int32), np.empty((n, 5))
    # A weight of 0 ends each row and column, so that an index beyond the rectangle's side meets a weight of 0.
    neighbours = ((at + 1, right_of[at]), (at - 1, right_of[at - 1]), (at + width, below[at]), (at - width, None))
    for place, (other, weight) in enumerate(neighbours):
        other = other % value.size  # noqa: PLW2901
        strength = (below[other] if weight is None else weight).astype(np.float64)
        known = number[other] < 0
        diagonal += strength
        right += np.where(known, strength * value[other], 0.0)
        columns[:, place] = np.where(known, 0, number[other])
        entries[:, place] = np.where(known, 0.0, -strength)
    columns[:, 4], entries[:, 4] = np.arange(n), diagonal
    starts = np.arange(0, 5 * n + 1, 5, dtype=np.int32)
    return sparse.csr_array((entries.ravel(), columns.ravel(), starts), shape=(n, n)), right


def conjugate_gradients(matrix: sparse.csr_array, right: Vector, start: Vector) -> Vector:
    """The solution of a symmetric, positive definite system to a relative residual of `TOLERANCE`."""
    inverse = 1.0 / matrix.diagonal()
    x = start.copy()
    residual = right - matrix @ x
    goal = TOLERANCE**2 * max(float(inverse @ (right * right)), 1e-12)
    step = inverse * residual
    direction, power = step.copy(), float(residual @ step)
    for _ in range(MOST_STEPS):
        if power <= goal:
            break
        product = matrix @ direction
        length = power / float(direction @ product)
        x += length * direction
        residual -= length * product
        step = inverse * residual
        before, power = power, float(residual @ step)
        direction *= power / before
        direction += step
    return x
