"""Golden numbers of the metrics that fairlearn does not have.

    pip install -r requirements.txt
    python make_fairness_oracle.py PREDICTIONS.parquet --groups sex,race > ORACLE.json

PREDICTIONS has the columns `label` (0/1), `score` (in [0, 1]), `prediction` (0/1) and the group columns.
AIF360, scikit-learn, SciPy and netcal say each number that they define; the few others are counted here
from their definitions. null stands for a number that a package does not have (NaN, infinite, or an error).
"""
import argparse, itertools, json, math, sys, warnings
from importlib.metadata import version

import numpy as np
import pandas as pd
from aif360.datasets import BinaryLabelDataset
from aif360.metrics import ClassificationMetric
from netcal.metrics import ECE, MCE
from scipy.stats import gaussian_kde, ks_2samp, rankdata
from sklearn import metrics as sk

warnings.filterwarnings("ignore")

PACKAGES = ["aif360", "netcal", "numpy", "pandas", "scikit-learn", "scipy"]
BINS = 15
POINTS = 5000


def number(x):
    x = float(x)
    return None if math.isnan(x) or math.isinf(x) else x


def aif360(frame, codes):
    """AIF360's classification metric; `codes` says the group of each row as a number."""
    columns = pd.DataFrame({"group": codes.astype(float), "label": frame["label"].astype(float)})
    true = BinaryLabelDataset(df=columns, label_names=["label"], protected_attribute_names=["group"])
    predicted = true.copy()
    predicted.labels = frame[["prediction"]].to_numpy(dtype=float)
    groups = [{"group": code} for code in np.unique(codes)]
    return ClassificationMetric(
        true, predicted, unprivileged_groups=groups[:1], privileged_groups=groups[1:]
    )


def of_counts(frame):
    y, p = frame["label"].to_numpy(), frame["prediction"].to_numpy()
    whole = aif360(frame, np.arange(len(frame)) % 2)
    missed, alarms = ((y == 1) & (p == 0)).sum(), ((y == 0) & (p == 1)).sum()
    precision = sk.precision_score(y, p, zero_division=np.nan)
    return {
        "f0_5": sk.fbeta_score(y, p, beta=0.5, zero_division=0),
        "f2": sk.fbeta_score(y, p, beta=2, zero_division=0),
        "cohen_kappa": sk.cohen_kappa_score(y, p),
        "treatment_equality": missed / alarms if alarms else math.nan,
        "lift": precision / y.mean() if y.any() else math.nan,
        "generalized_entropy_index": whole.generalized_entropy_index(),
        "theil_index": whole.theil_index(),
    }


def auc(y, s):
    return sk.roc_auc_score(y, s) if len(np.unique(y)) == 2 else math.nan


def equal_mass_calibration_error(y, s):
    """Bins of equal mass that keep ties together: a row's bin is that of its middle rank."""
    bins = np.floor(BINS * (rankdata(s) - 0.5) / len(s))
    gaps = pd.DataFrame({"bin": bins, "gap": y - s}).groupby("bin")["gap"].sum().abs()
    return gaps.sum() / len(s)


def of_scores(frame, rest):
    y, s = frame["label"].to_numpy(), frame["score"].to_numpy()
    mixed = lambda inside, outside: pd.concat([frame[y == inside], rest[rest["label"] == outside]])
    bpsn, bnsp = mixed(0, 1), mixed(1, 0)
    return {
        "expected_calibration_error": ECE(BINS).measure(s, y),
        "maximum_calibration_error": MCE(BINS).measure(s, y),
        "equal_mass_calibration_error": equal_mass_calibration_error(y, s),
        "balance_positive_class": s[y == 1].mean() if (y == 1).any() else math.nan,
        "balance_negative_class": s[y == 0].mean() if (y == 0).any() else math.nan,
        "bpsn_auc": auc(bpsn["label"], bpsn["score"]),
        "bnsp_auc": auc(bnsp["label"], bnsp["score"]),
    }


def density(scores):
    return gaussian_kde(scores, bw_method="scott")(np.linspace(0, 1, POINTS))


def between(frame, groups):
    """The metrics that only groups together have."""
    codes = groups.ngroup().to_numpy()
    metric = aif360(frame, codes)
    rates = groups["prediction"].mean().to_numpy()
    probabilities = np.stack([rates, 1 - rates])
    with np.errstate(divide="ignore", invalid="ignore"):
        epsilon = max(np.log(p.max() / p.min()) if p.max() > 0 else 0.0 for p in probabilities)
    information = sk.mutual_info_score(frame["prediction"], codes)
    _, sizes = np.unique(codes, return_counts=True)
    shares = sizes / sizes.sum()
    scores = [group["score"].to_numpy() for _, group in groups]
    pairs = list(itertools.combinations(scores, 2))
    spread = all(len(np.unique(s)) > 1 for s in scores)
    densities = [density(s) for s in scores] if spread else []
    grid = np.linspace(0, 1, POINTS)
    areas = [np.trapezoid(np.abs(a - b), grid) for a, b in itertools.combinations(densities, 2)]
    # AIF360 has the smoothed differential fairness of labels alone: here the predictions are the labels.
    as_labels = aif360(frame.assign(label=frame["prediction"]), codes)
    return {
        "adverse_impact": rates.min() / rates.max() if rates.max() > 0 else math.nan,
        "differential_fairness": epsilon,
        "smoothed_differential_fairness": as_labels.smoothed_empirical_differential_fairness(),
        "bias_amplification": metric.differential_fairness_bias_amplification(),
        "mutual_information": information,
        "normalised_mutual_information": information / -(shares * np.log(shares)).sum(),
        "between_group_generalized_entropy_index": metric.between_all_groups_generalized_entropy_index(),
        "between_group_theil_index": metric.between_all_groups_theil_index(),
        "kolmogorov_smirnov": max(ks_2samp(a, b).statistic for a, b in pairs),
        "abpc": max(areas) if spread else math.nan,
    }


def numbers(values):
    return {name: number(value) for name, value in values.items()}


def section(frame, by):
    # Groups without rows are left out: no package has a number for them.
    groups = frame.groupby(by, observed=True)
    listed = []
    for key, group in groups:
        rest = frame.drop(group.index)
        attributes = dict(zip(by, map(str, key)))
        listed.append({"attributes": attributes, "metrics": numbers(of_counts(group) | of_scores(group, rest))})
    return {"by": by, "groups": listed, "between": numbers(between(frame, groups))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("predictions")
    parser.add_argument("--groups", required=True)
    options = parser.parse_args()
    frame = pd.read_parquet(options.predictions)
    names = options.groups.split(",")
    subsets = [list(c) for size in range(1, len(names) + 1) for c in itertools.combinations(names, size)]
    overall = numbers(of_counts(frame) | of_scores(frame, frame.iloc[:0]))
    oracle = {
        "versions": {name: version(name) for name in PACKAGES},
        "rows": len(frame),
        "overall": overall,
        "sections": [section(frame, by) for by in subsets],
    }
    json.dump(oracle, sys.stdout, indent=1)


main()
