"""Writes multiclass.json and regression.json: what scikit-learn 1.9.1 and scipy 1.17.1 say of small tables.

    pip install scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
    python make_multiclass.py
"""

import json
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn import metrics as m

FOLDER = Path(__file__).parent


def values_of_classes(y, p, w):
    kwargs = {"sample_weight": w}
    values = {
        "accuracy": m.accuracy_score(y, p, **kwargs),
        "balanced_accuracy": m.balanced_accuracy_score(y, p, **kwargs),
        "matthews_correlation": m.matthews_corrcoef(y, p, **kwargs),
        "cohen_kappa": m.cohen_kappa_score(y, p, **kwargs),
    }
    for name, score in [
        ("precision", m.precision_score),
        ("true_positive_rate", m.recall_score),
        ("f1", m.f1_score),
    ]:
        values[f"{name} (macro)"] = score(y, p, average="macro", **kwargs)
        for code, value in enumerate(score(y, p, average=None, **kwargs)):
            values[f"{name} c{code}"] = value
    return {name: float(value) for name, value in values.items()}


def multiclass():
    rng = np.random.default_rng(7)
    rows = 240
    group = rng.integers(0, 2, rows)
    label = rng.integers(0, 3, rows)
    right = rng.random(rows) < 0.55 + 0.2 * group
    prediction = np.where(right, label, rng.integers(0, 3, rows))
    weight = rng.integers(1, 9, rows) / 4
    expected = {}
    for weighted, w in [("unweighted", None), ("weighted", weight)]:
        of = lambda rows: values_of_classes(
            label[rows], prediction[rows], None if w is None else w[rows]
        )
        expected[weighted] = {
            "all": of(np.full(rows, True)),
            "a": of(group == 0),
            "b": of(group == 1),
        }
    return {
        "group": group.tolist(),
        "label": label.tolist(),
        "prediction": prediction.tolist(),
        "weight": weight.tolist(),
        "expected": expected,
    }


def regression():
    rng = np.random.default_rng(11)
    rows = 150
    group = rng.integers(0, 2, rows)
    label = 50 + 10 * rng.standard_normal(rows)
    prediction = label + 3 * rng.standard_normal(rows) + 2 * group
    weight = rng.integers(1, 9, rows) / 4
    expected = {}
    for weighted, w in [("unweighted", None), ("weighted", weight)]:

        def of(rows):
            y, p = label[rows], prediction[rows]
            w_of = None if w is None else w[rows]
            return {
                "mean_error": float(np.average(p - y, weights=w_of)),
                "mean_absolute_error": float(m.mean_absolute_error(y, p, sample_weight=w_of)),
                "root_mean_squared_error": float(
                    m.root_mean_squared_error(y, p, sample_weight=w_of)
                ),
                "mean_outcome": float(np.average(y, weights=w_of)),
                "mean_prediction": float(np.average(p, weights=w_of)),
                "r_squared": float(m.r2_score(y, p, sample_weight=w_of)),
            }

        a, b = group == 0, group == 1
        weights = {} if w is None else {"u_weights": w[a], "v_weights": w[b]}
        wasserstein = stats.wasserstein_distance(prediction[a], prediction[b], **weights)
        expected[weighted] = {
            "all": of(np.full(rows, True)),
            "a": of(a),
            "b": of(b),
            "prediction_wasserstein": float(wasserstein),
        }
    a, b = prediction[group == 0], prediction[group == 1]
    ks = stats.ks_2samp(a, b).statistic
    expected["unweighted"]["prediction_kolmogorov_smirnov"] = float(ks)
    error = (prediction - label)[group == 0]
    standard_error = float(error.std(ddof=1) / np.sqrt(len(error)))
    return {
        "group": group.tolist(),
        "label": label.tolist(),
        "prediction": prediction.tolist(),
        "weight": weight.tolist(),
        "standard_error_of_mean_error_of_a": standard_error,
        "expected": expected,
    }


for name, table in [("multiclass", multiclass()), ("regression", regression())]:
    text = json.dumps(table, separators=(",", ":"))
    (FOLDER / f"{name}.json").write_text(text + "\n")
