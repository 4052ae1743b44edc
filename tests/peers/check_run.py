"""Reads a run folder with TensorBoard, safetensors, polars, scikit-learn and fairlearn.

Prints a table; a check that fails ends the program with exit code 1, one that could not be made
says so.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl
from fairlearn.metrics import (
    demographic_parity_difference,
    equal_opportunity_difference,
    equalized_odds_difference,
)
from safetensors.numpy import load_file
from sklearn.metrics import accuracy_score, average_precision_score, roc_auc_score
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

ROWS = []
FAILED = False


def check(what, peer, ok, detail):
    global FAILED
    FAILED |= not ok
    ROWS.append((what, f"{peer} {version(peer)}", "yes" if ok else "NO", detail))


def check_numbers(folder, run, model):
    name = model["name"]
    table = pl.read_parquet(folder / "predictions" / f"{name}.parquet")
    test = table.filter(pl.col("split") == "test")
    label, score, prediction = (test[c].to_numpy() for c in ("label", "score", "prediction"))
    group = test[run["data"]["groups"][0]].to_numpy()
    expected = {
        "accuracy": ("scikit-learn", accuracy_score(label, prediction)),
        "roc_auc": ("scikit-learn", roc_auc_score(label, score)),
        "average_precision": ("scikit-learn", average_precision_score(label, score)),
        "demographic_parity_difference": (
            "fairlearn",
            demographic_parity_difference(label, prediction, sensitive_features=group),
        ),
        "equalized_odds_difference": (
            "fairlearn",
            equalized_odds_difference(label, prediction, sensitive_features=group),
        ),
        "equal_opportunity_difference": (
            "fairlearn",
            equal_opportunity_difference(label, prediction, sensitive_features=group),
        ),
    }
    for metric, (peer, value) in expected.items():
        difference = abs(model["test"][metric] - value)
        check(f"`{metric}` of `{name}`", peer, difference < 1e-9, f"differs by {difference:.1e}")


def check_weights(folder, name):
    tensors = load_file(folder / "models" / name / "model.safetensors")
    finite = all(np.isfinite(tensor).all() for tensor in tensors.values())
    count = sum(tensor.size for tensor in tensors.values())
    check(f"weights of `{name}`", "safetensors", finite, f"{len(tensors)} tensors, {count} numbers")


def check_events(folder, name):
    history = json.loads((folder / "models" / name / "history.json").read_text())
    stage = next(s for s in history["stages"] if s["stage"] == "finetune")
    events = EventAccumulator(str(folder / "events" / name / "finetune"))
    events.Reload()
    worst, points = 0.0, 0
    for epoch in stage["epochs"]:
        for part in ("train", "valid"):
            for key, value in epoch[part].items():
                found = [e.value for e in events.Scalars(f"{part}/{key}") if e.step == epoch["epoch"]]
                points += 1
                worst = max(worst, abs(found[-1] - value) if found else float("inf"))
    check(f"events of `{name}`", "tensorboard", worst < 1e-6, f"{points} scalars, largest difference {worst:.1e}")


def main():
    folder = Path(sys.argv[1])
    run = json.loads((folder / "run.json").read_text())
    for model in run["models"]:
        check_numbers(folder, run, model)
        check_weights(folder, model["name"])
        check_events(folder, model["name"])
    print("# Other programs read what Equipoise writes\n")
    print("Made by `tests/peers/run`.\n")
    print(f"Run: {run['title']}, seed {run['seed']}, device {run['device']}.\n")
    print("| what | read by | agrees | detail |\n|---|---|---|---|")
    for row in ROWS:
        print("| " + " | ".join(row) + " |")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
