"""sklearn's gradient boosting and a linear baseline on the splits that the bench wrote. Prints one JSON object."""
import json
import sys
import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression

folder = sys.argv[1]
meta = json.load(open(folder + "/meta.json"))
x = np.fromfile(folder + "/x.f32", "<f4").reshape(-1, meta["columns"])
y = np.fromfile(folder + "/y.f64", "<f8")
taus = (0.1, 0.5, 0.9)


def pinball(actual, predicted):
    return float(np.mean([np.maximum(t * (actual - q), (t - 1) * (actual - q)).mean() for t, q in zip(taus, predicted)]))


result = []
for split in meta["splits"]:
    train, test = np.array(split["train"]), np.array(split["test"])
    line = LinearRegression().fit(x[train], y[train])
    residuals = y[train] - line.predict(x[train])
    at = line.predict(x[test])
    linear = pinball(y[test], [at + np.quantile(residuals, t) for t in taus])
    hgb, crossings, seconds = None, None, 0.0
    if meta["boosting"]:
        start = time.time()
        quantiles = [
            HistGradientBoostingRegressor(
                loss="quantile", quantile=t, max_iter=400, learning_rate=0.06, max_leaf_nodes=31, early_stopping=True,
                validation_fraction=0.1, n_iter_no_change=15, random_state=0,
            ).fit(x[train], y[train]).predict(x[test])
            for t in taus
        ]
        seconds = time.time() - start
        hgb = pinball(y[test], quantiles)
        crossings = int(((quantiles[0] > quantiles[1]) | (quantiles[1] > quantiles[2])).sum())
    result.append({"hgb": hgb, "linear": linear, "crossings": crossings, "seconds": seconds})
print(json.dumps(result))
