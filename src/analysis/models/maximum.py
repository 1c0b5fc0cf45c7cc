"""Climb to the highest likelihood of a model with few parameters."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import OptimizeResult, minimize

#: How far a parameter is moved to see how the likelihood changes.
MOVE = 1e-5

#: Rounds of a search for the parameters of a forecast, whose score answers for them.
ROUNDS = 50


def highest(
    likelihoods: Callable[[np.ndarray], np.ndarray], start: np.ndarray, rounds: int
) -> OptimizeResult:
    """Find the parameters of the highest likelihood, in so many rounds at most.

    `likelihoods` gives the log-likelihood, per observation, of each row of parameters: of where
    the search stands and of where each parameter is moved, at once. Method, steps and tolerances
    are those of statsmodels (L-BFGS-B, forward differences): an estimate is what its would be.

    >>> found = highest(lambda rows: -np.square(rows - 3).sum(axis=1), np.array([1.0, 2.0]), 50)
    >>> found.x.round(3).tolist()
    [3.0, 3.0]
    """
    moves = MOVE * np.eye(len(start) + 1, len(start), -1)

    def lack(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        here, *moved = -likelihoods(parameters + moves)
        return here, (np.array(moved) - here) / MOVE

    return minimize(lack, start, jac=True, method="L-BFGS-B", options={"maxiter": rounds})
