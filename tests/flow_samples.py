"""Real flows that models of a monthly series are tried on."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.catalog import Catalog
from analysis.catalog.trade import trade_flows


def real_logs() -> Iterator[pd.Series]:
    """Give the logarithms of six real flows, missing where no month was observed."""
    catalog = Catalog()
    for province, year in (("lampung", 2025), ("lampung", 2022), ("kalimantan-utara", 2024)):
        flows = trade_flows(catalog, catalog.province(province), year)
        for name in ("export", "import"):
            flow = flows.comparable(name, flows.main_basis(year))
            months = pd.period_range(flow.first_valid_index(), flow.last_valid_index(), freq="M")
            yield np.log(flow.reindex(months))
