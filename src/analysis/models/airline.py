"""Write the airline model of a monthly series in as few states as it needs."""

import numpy as np
from scipy.linalg import hankel
from statsmodels.tsa.statespace.mlemodel import MLEModel

#: Months that the two differences reach back, and one more state for the month itself.
DIFFERENCES = 13
STATES = DIFFERENCES + 1

#: Variance, in shocks, of the months before the first one, of which nothing is known.
DIFFUSE_VARIANCE = 1e6


class Airline(MLEModel):
    """Model a monthly series by the airline model, missing months allowed.

    `values` are logarithms, by month. The parameters are the two moving averages θ and Θ, kept
    invertible; the variance of the shocks follows from them, at its highest likelihood.

    Formula: (1 − B)(1 − B¹²) y = (1 + θB)(1 + ΘB¹²) ε (Box and Jenkins 1970, Time Series Analysis:
    Forecasting and Control), in the state space of Harvey (1989, Forecasting, Structural Time
    Series Models and the Kalman Filter, section 3.3) with 14 states. The class for every seasonal
    ARIMA needs 27, and takes five times as long to filter.

    >>> Airline(np.log(np.arange(1.0, 31.0))).k_states
    14
    """

    def __init__(self, values: np.ndarray) -> None:
        # As many observed months as the differences reach back only tell where the flow stands.
        seen = (~np.isnan(values)).cumsum()
        burnt = min(int(np.searchsorted(seen, DIFFERENCES)) + 1, len(values))
        super().__init__(values, k_states=STATES, k_posdef=1, loglikelihood_burn=burnt)
        autoregression = np.zeros(STATES)
        autoregression[[0, 11, 12]] = 1.0, 1.0, -1.0
        self.ssm["design", 0, 0] = 1.0
        self.ssm["transition"] = np.eye(STATES, k=1)
        self.ssm["transition", :, 0] = autoregression
        self.ssm["state_cov", 0, 0] = 1.0
        self.ssm.filter_concentrated = True
        # A state holds what earlier months and shocks contribute to one coming month.
        earlier = hankel(autoregression)
        self._diffuse = DIFFUSE_VARIANCE * earlier @ earlier.T

    @property
    def param_names(self) -> list[str]:
        """Name the parameters in their order."""
        return ["moving_average", "seasonal_moving_average"]

    @property
    def start_params(self) -> np.ndarray:
        """Start from moderate moving averages."""
        return np.array([-0.5, -0.5])

    def transform_params(self, unconstrained: np.ndarray) -> np.ndarray:
        """Keep moving averages between −1 and 1."""
        return unconstrained / np.sqrt(1 + unconstrained**2)

    def untransform_params(self, constrained: np.ndarray) -> np.ndarray:
        """Undo `transform_params`."""
        return constrained / np.sqrt(1 - constrained**2)

    def update(self, params: np.ndarray, **options: bool) -> None:
        """Put parameters into the model, and the variance of the first state they imply."""
        average, seasonal = super().update(params, **options)
        weights = np.zeros(STATES)
        weights[[0, 1, 12, 13]] = 1.0, average, seasonal, average * seasonal
        self.ssm["selection", :, 0] = weights
        shocks = hankel(weights)
        self.ssm.initialize_known(np.zeros(STATES), self._diffuse + shocks @ shocks.T)
