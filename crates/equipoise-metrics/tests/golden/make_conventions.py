"""Golden numbers of the conventions, computed by the toolkits themselves.

    pip install -r requirements-conventions.txt
    python make_conventions.py > conventions.json

AIF360 and Aequitas are installed packages. The Fair Fairness Benchmark is no package: its formulas
are restated here from `src/metrics.py` of ahxt/fair_fairness_benchmark, commit 6b6c1f0, and its
per cent are divided by 100. null stands for NaN and infinity. The corrections for many tests are
those of statsmodels.
"""
import contextlib, io, itertools, json, math, pathlib, warnings

warnings.filterwarnings("ignore")
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    import numpy as np, pandas as pd
    from aequitas.bias import Bias
    from aequitas.group import Group
    from aif360.datasets import BinaryLabelDataset
    from aif360.metrics import ClassificationMetric
    from fairlearn import metrics as fairlearn
    from sklearn.metrics import accuracy_score
    from statsmodels.stats.multitest import multipletests

HERE = pathlib.Path(__file__).parent


def number(value):
    value = float(value)
    return value if math.isfinite(value) else None


def edges():
    """Groups in which each kind of row is missing once: (label, prediction) counts by group."""
    counts = {
        "none selected": {(0, 0): 4, (1, 0): 3},
        "no negatives": {(1, 0): 2, (1, 1): 5},
        "no positives": {(0, 0): 6, (0, 1): 1},
        "whole": {(0, 0): 5, (0, 1): 2, (1, 0): 3, (1, 1): 7},
    }
    rows = [(g, y, p) for g, cells in counts.items() for (y, p), n in cells.items() for _ in range(n)]
    return pd.DataFrame(rows, columns=["group", "label", "prediction"])


def value(metric, scope, method, group, number_):
    return {"metric": metric, "scope": scope, "method": method, "group": group, "value": number(number_)}


def aif360(frame, attribute, reference):
    """One `ClassificationMetric` for each other group, which alone is unprivileged."""
    names = sorted(frame[attribute].unique())
    coded = pd.DataFrame({"a": frame[attribute].map(names.index).astype(float), "y": frame["label"].astype(float)})
    truth = BinaryLabelDataset(df=coded, label_names=["y"], protected_attribute_names=["a"])
    predicted = truth.copy()
    predicted.labels = frame[["prediction"]].to_numpy(float)
    out = []
    rates = {
        "selection_rate": lambda m: m.selection_rate,
        "base_rate": lambda m: m.base_rate,
        "true_positive_rate": lambda m: m.true_positive_rate,
        "false_positive_rate": lambda m: m.false_positive_rate,
        "true_negative_rate": lambda m: m.true_negative_rate,
        "false_negative_rate": lambda m: m.false_negative_rate,
        "precision": lambda m: m.positive_predictive_value,
        "negative_predictive_value": lambda m: m.negative_predictive_value,
        "false_discovery_rate": lambda m: m.false_discovery_rate,
        "false_omission_rate": lambda m: m.false_omission_rate,
        "accuracy": lambda m: m.accuracy,
        "error_rate": lambda m: m.error_rate,
    }
    for name in names:
        if name == reference:
            continue
        metric = ClassificationMetric(
            truth,
            predicted,
            unprivileged_groups=[{"a": float(names.index(name))}],
            privileged_groups=[{"a": float(names.index(reference))}],
        )
        for key, rate in rates.items():
            out.append(value(key, "group", None, name, rate(metric)(privileged=False)))
            out.append(value(key, "difference", "to_reference", name, metric.difference(rate(metric))))
            out.append(value(key, "ratio", "to_reference", name, metric.ratio(rate(metric))))
        named = {
            ("demographic_parity", "difference"): metric.statistical_parity_difference(),
            ("demographic_parity", "ratio"): metric.disparate_impact(),
            ("equal_opportunity", "difference"): metric.equal_opportunity_difference(),
            ("equalized_odds", "difference"): metric.average_odds_difference(),
        }
        for (key, scope), found in named.items():
            out.append(value(key, scope, "to_reference", name, found))
        if len(names) == 2:
            out.append(value("equalized_odds", "difference", "max", None, metric.equalized_odds_difference()))
            out.append(value("equalized_odds", "difference", "mean", None, metric.average_abs_odds_difference()))
    return out


AEQUITAS = {
    "pprev": "selection_rate",
    "precision": "precision",
    "fdr": "false_discovery_rate",
    "for": "false_omission_rate",
    "fpr": "false_positive_rate",
    "fnr": "false_negative_rate",
    "tpr": "true_positive_rate",
    "tnr": "true_negative_rate",
    "npv": "negative_predictive_value",
}


def aequitas(frame, attribute, reference):
    """The disparities to the reference group; to the largest group where none is given."""
    data = pd.DataFrame(
        {"score": frame["prediction"], "label_value": frame["label"], attribute: frame[attribute].astype(object)}
    )
    with contextlib.redirect_stdout(io.StringIO()):
        crosstab, _ = Group().get_crosstabs(data, attr_cols=[attribute])
        if reference is None:
            table = Bias().get_disparity_major_group(crosstab, original_df=data)
        else:
            table = Bias().get_disparity_predefined_groups(
                crosstab, original_df=data, ref_groups_dict={attribute: reference}
            )
    out = []
    for _, row in table.iterrows():
        name = row["attribute_value"]
        for column, key in AEQUITAS.items():
            out.append(value(key, "group", None, name, row[column]))
            if name != row[column + "_ref_group_value"]:
                out.append(value(key, "ratio", "to_reference", name, row[column + "_disparity"]))
    return out


def ffb(frame, attribute):
    names = sorted(frame[attribute].unique())
    y, p = frame["label"].to_numpy(), frame["prediction"].to_numpy(float)
    s = frame[attribute].map(names.index).to_numpy()

    def gap(rows):
        first, second = p[rows & (s == 0)], p[rows & (s == 1)]
        return None if len(first) == 0 or len(second) == 0 else abs(second.mean() - first.mean())

    everybody = np.full(len(y), True)
    odds = [gap(y == 1), gap(y == 0)]
    ratio = p[s == 1].mean() / (p[s == 0].mean() + 1e-8)
    return [
        value("demographic_parity", "difference", "between_groups", None, gap(everybody) or 0),
        value("demographic_parity", "ratio", "between_groups", None, np.nanmin([ratio, 1 / (ratio + 1e-8)])),
        value("equal_opportunity", "difference", "between_groups", None, odds[0] or 0),
        value("equalized_odds", "difference", "sum", None, 0 if None in odds else sum(odds)),
    ]


def controlled(frame, attribute, control):
    """What fairlearn's MetricFrame says of each stratum of a control feature."""
    metrics = {
        "selection_rate": fairlearn.selection_rate,
        "true_positive_rate": fairlearn.true_positive_rate,
        "false_positive_rate": fairlearn.false_positive_rate,
        "accuracy": accuracy_score,
    }
    table = fairlearn.MetricFrame(
        metrics=metrics,
        y_true=frame["label"],
        y_pred=frame["prediction"],
        sensitive_features=frame[attribute],
        control_features=frame[control],
    )
    found = {
        ("overall", None): table.overall,
        ("difference", "between_groups"): table.difference(),
        ("difference", "to_overall"): table.difference(method="to_overall"),
        ("ratio", "between_groups"): table.ratio(),
        ("ratio", "to_overall"): table.ratio(method="to_overall"),
        ("min", None): table.group_min(),
        ("max", None): table.group_max(),
    }
    return [
        value(metric, scope, method, stratum, table_[metric][stratum])
        for (scope, method), table_ in found.items()
        for metric in metrics
        for stratum in table_.index
    ]


def main():
    compas, edge = pd.read_csv(HERE / "compas.csv"), edges()
    cases = []

    def case(data, convention, attribute, reference, values):
        cases.append(
            {"data": data, "convention": convention, "attribute": attribute, "reference": reference, "values": values}
        )

    for attribute, reference in [("sex", "Male"), ("race", "Caucasian"), ("age_cat", "25 - 45")]:
        case("compas", "aif360", attribute, reference, aif360(compas, attribute, reference))
        case("compas", "aequitas", attribute, reference, aequitas(compas, attribute, reference))
        case("compas", "aequitas", attribute, None, aequitas(compas, attribute, None))
    case("compas", "ffb", "sex", None, ffb(compas, "sex"))
    for reference in edge["group"].unique():
        case("edges", "aif360", "group", reference, aif360(edge, "group", reference))
        case("edges", "aequitas", "group", reference, aequitas(edge, "group", reference))
    case("edges", "aequitas", "group", None, aequitas(edge, "group", None))
    for pair in itertools.combinations(edge["group"].unique(), 2):
        rows = edge[edge["group"].isin(pair)]
        case("edges", "ffb", "group", list(pair), ffb(rows, "group"))
    p_values = [0.001, 0.04, 0.012, 0.04, 0.8, 0.03, 0.0004, 1.0, 0.25, 0.012]
    corrected = {name: multipletests(p_values, method=name)[1].tolist() for name in ("holm", "fdr_bh")}
    columns = {name: edge[name].tolist() for name in edge.columns}
    strata = {"attribute": "sex", "control": "age_cat", "values": controlled(compas, "sex", "age_cat")}
    print(json.dumps({"edges": columns, "strata": strata, "cases": cases, "p_values": p_values, "corrected": corrected}, indent=1))


main()
