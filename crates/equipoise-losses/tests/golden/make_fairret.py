"""Writes fairret.json: values and slopes of fairret's losses on fixed batches.

    pip install -r requirements.txt
    python make_fairret.py

Everything is computed in double precision. The projections are solved to the end; as published
they stop after ten steps, and are then not normalised but doubled; the squared distance, which as
published compares every row with every other, is taken row by row. FFB's gap is the difference of
mean scores between two groups, as its paper (Han et al. 2024) defines it, written out here.
"""

import json
import pathlib

import numpy as np
import torch
from fairret.loss import (
    KLProjectionLoss, LSELoss, NormLoss,
    SquaredEuclideanProjectionLoss,
)
from fairret.statistic import (
    Accuracy, FalseNegativeFalsePositiveFraction, FalsePositiveRate, FScore,
    PositivePredictiveValue, PositiveRate, StackedLinearFractionalStatistic, TruePositiveRate,
)

torch.set_default_dtype(torch.float64)

STATISTICS = {
    "demographic-parity": (PositiveRate, False),
    "equal-opportunity": (TruePositiveRate, True),
    "predictive-equality": (FalsePositiveRate, True),
    "predictive-parity": (PositivePredictiveValue, True),
    "accuracy": (Accuracy, True),
    "f1": (FScore, True),
    "fn/fp": (FalseNegativeFalsePositiveFraction, True),
}
# As published, normalising divides by the mean of the two probabilities and so doubles them.
EXACT = {"force_proj_normalized": False, "max_iters": 200_000, "eps_abs": 1e-11, "eps_rel": 1e-11, "warm_start": False}
PROJECTIONS = {
    "kl": KLProjectionLoss,
    "squared-euclidean": SquaredEuclideanProjectionLoss,
}


def batch(seed, rows, groups):
    random = np.random.default_rng(seed)
    return {
        "logits": random.normal(0.0, 1.5, rows).round(6).tolist(),
        "labels": [(row // groups) % 2 for row in range(rows)],
        "groups": [row % groups for row in range(rows)],
    }


def evaluate(loss, data, groups, with_labels):
    logits = torch.tensor(data["logits"]).unsqueeze(1).requires_grad_()
    sens = torch.nn.functional.one_hot(torch.tensor(data["groups"]), groups).double()
    labels = (torch.tensor(data["labels"]).double().unsqueeze(1),) if with_labels else ()
    value = loss(logits, sens, *labels)
    value.backward()
    return {"value": value.item(), "slopes": logits.grad.squeeze(1).tolist()}


def main():
    batches = []
    for seed, rows, groups in [(0, 24, 2), (1, 30, 3)]:
        data = batch(seed, rows, groups)
        sens = torch.nn.functional.one_hot(torch.tensor(data["groups"]), groups).double()
        scores = torch.sigmoid(torch.tensor(data["logits"])).unsqueeze(1)
        labels = torch.tensor(data["labels"]).double().unsqueeze(1)
        data["rates"], data["losses"], data["projections"] = {}, [], []
        for name, (kind, with_labels) in STATISTICS.items():
            args = (labels,) if with_labels else ()
            data["rates"][name] = kind()(scores, sens, *args).flatten().tolist()
            if name == "fn/fp":
                continue
            for penalty, options, loss in [
                ("norm", {"p": 1.0}, NormLoss(kind(), p=1)),
                ("norm", {"p": 3.0}, NormLoss(kind(), p=3)),
                ("log-sum-exp", {}, LSELoss(kind())),
            ]:
                data["losses"].append(
                    {"statistic": name, "penalty": penalty, "options": options}
                    | evaluate(loss, data, groups, with_labels)
                )
        odds = StackedLinearFractionalStatistic(TruePositiveRate(), FalsePositiveRate())
        data["losses"].append(
            {"statistic": "equalized-odds", "penalty": "norm", "options": {"p": 1.0}}
            | evaluate(NormLoss(odds, p=1), data, groups, True)
        )
        if groups == 2:
            logits = torch.tensor(data["logits"]).requires_grad_()
            score, group = torch.sigmoid(logits), torch.tensor(data["groups"])
            gap = (score[group == 1].mean() - score[group == 0].mean()).abs()
            gap.backward()
            data["losses"].append(
                {"statistic": "demographic-parity", "penalty": "gap", "options": {},
                 "value": gap.item(), "slopes": logits.grad.tolist()}
            )
        for distance, kind in PROJECTIONS.items():
            for name in ["demographic-parity", "equal-opportunity", "accuracy"]:
                statistic, with_labels = STATISTICS[name]
                loss = kind(statistic(), **EXACT)
                value = evaluate(loss, data, groups, with_labels)["value"]
                if distance == "squared-euclidean":
                    fair = loss._proj_cvxpy.value[:, 1]
                    value = float(((scores.squeeze(1).numpy() - fair) ** 2).mean())
                data["projections"].append(
                    {"statistic": name, "distance": distance, "value": value}
                )
        batches.append(data)
    target = pathlib.Path(__file__).with_name("fairret.json")
    target.write_text(json.dumps(batches, indent=1) + "\n")


main()
