#!/usr/bin/env python3
"""Trains on Adult by the recipe of the Fair Fairness Benchmark, and within targets, and writes docs/ffb.md.

    cargo build --release -p equipoise-cli && python3 docs/make-ffb-table.py

Needs Python 3.11 and nothing beyond it. The data are looked for in the folder that the variable EQUIPOISE_DATA names
(`adult/adult.data` and `adult/adult.test` as UCI has them, `acs_income/ACSIncome.test.parquet`,
`law_school/law_school_clean.csv`). Runs are kept in runs/ffb/ and not made twice.

    --data          prepare runs/data/ and end
    --seeds 1 2     other seeds
    --only TEXT     only the rows whose name contains the text; docs/ffb.md is not written
    --found         only the rows whose runs are there: nothing is trained
"""

import argparse
import csv
import json
import math
import os
import shutil
import statistics
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
DATA = ROOT / "runs" / "data"
RUNS = ROOT / "runs" / "ffb"

ADULT_COLUMNS = (
    "age workclass fnlwgt education education-num marital-status occupation relationship race sex capital-gain "
    "capital-loss hours-per-week native-country income"
).split()

# Name, configuration, model, what is set, figures published or re-run elsewhere (x 100).
FFB = [
    ("sex, plain", "ffb-adult", "plain", {},
     {"accuracy": "85.35±.34 / 85.04±.18", "auc": "91.06±.34 / 90.82±.19", "ap": "78.50±.72 / 77.91±.45",
      "dp": "16.67±.69 / 16.96±.57", "abcc": "18.36±.71 / 18.70±.38", "eodd": "14.16±3.12 / 13.15±2.42",
      "eopp": "7.93±2.88 / 6.26±2.10"}),
    ("sex, gap, lambda 0.2", "ffb-adult", "fair", {"fairness.lambda": 0.2},
     {"accuracy": "84.71", "auc": "90.51", "ap": "77.23", "dp": "10.35", "abcc": "13.49", "eodd": "13.14",
      "eopp": "10.64"}),
    ("sex, gap, lambda 0.5", "ffb-adult", "fair", {"fairness.lambda": 0.5},
     {"accuracy": "82.94", "auc": "88.15", "ap": "72.74", "dp": "0.85", "abcc": "4.33", "eodd": "34.46",
      "eopp": "30.92"}),
    ("sex, gap, lambda 1", "ffb-adult", "fair", {"fairness.lambda": 1.0},
     {"accuracy": "82.31", "auc": "87.11", "ap": "70.71", "dp": "1.34", "abcc": "3.16", "eodd": "40.11",
      "eopp": "35.51"}),
    ("sex, equalized-odds gap, lambda 1", "ffb-adult", "fair",
     {"fairness.loss": "equalized-odds", "fairness.lambda": 1.0},
     {"accuracy": "83.6", "dp": "10.6", "eodd": "3.8"}),
    ("sex, HSIC, lambda 200", "ffb-adult", "fair",
     {"fairness": {"loss": "hsic", "lambda": 200.0, "groups": ["sex"]}},
     {"accuracy": "82.8", "dp": "0.4", "eodd": "34.5"}),
    ("sex, Wasserstein-1, lambda 1", "ffb-adult", "fair",
     {"fairness": {"loss": "wasserstein", "lambda": 1.0, "groups": ["sex"]}},
     {"accuracy": "83.0", "dp": "1.6", "abcc": "1.7", "eodd": "32.1"}),
    ("race, plain", "ffb-adult-race", "plain", {},
     {"accuracy": "85.21±.27", "auc": "91.10±.16", "ap": "78.65±.35", "dp": "12.23±.72", "abcc": "12.59±.60",
      "eodd": "13.12±2.65", "eopp": "8.81±2.93"}),
]

# Name, configuration, what is set, which gap is bounded, the bound on the test part, the least accuracy (or none).
TARGETS = [
    ("Adult, sex, demographic parity, target 0.01", "target-adult", {}, "dp", 1.0, 83.8),
    ("Adult, sex, equalized odds, target 0.01", "target-adult",
     {"finetune.epochs": 16, "fairness.loss": "equalized-odds", "fairness.lambda.damping": 2.0,
      "finetune.select": "within_target"},
     "eo", 2.0, 85.0),
    ("Adult, sex, demographic parity, target 0.02", "target-adult",
     {"fairness.lambda": {"target": 0.02, "rows": "train-and-valid"}}, "dp", 3.0, None),
    ("ACS income, sex, demographic parity, target 0.02", "target-acs-income", {}, "dp", 3.0, None),
    ("Law school, race, demographic parity, target 0.02", "target-law-school", {}, "dp", 3.0, None),
]

# Name, and what is set in `target-adult`, for demographic parity with target 0.01.
TRIES = [
    ("24 epochs, as above", {}),
    ("16 epochs", {"finetune.epochs": 16}),
    ("16 epochs, standardised numbers", {"finetune.epochs": 16, "data.features.numbers": "standardise"}),
]

# On the rows and the split of the recipe, thresholds fitted on the validation part: mean and spread of 5 seeds, of 3
# for the reductions.
PEERS = [
    ("HistGradientBoosting, plain", "86.70±.36", "17.8", "7.3", "no", "no"),
    ("the same, ThresholdOptimizer, demographic parity", "84.32±.33", "0.45", "31", "yes", "yes"),
    ("the same, ThresholdOptimizer, equalized odds", "85.45±.31", "10.6", "1.4", "yes", "yes"),
    ("the same, ExponentiatedGradient, demographic parity, bound 0.01", "84.32±.27", "1.64", "28", "no", "yes"),
    ("the same, ExponentiatedGradient, equalized odds, bound 0.02", "86.29±.31", "14.1", "3.4", "no", "yes"),
]

METRICS = [("accuracy", "accuracy"), ("auc", "AUC"), ("ap", "AP"), ("dp", "dp"), ("abcc", "abcc"),
           ("eodd", "eodd"), ("eopp", "eopp"), ("eo", "eo (max)")]


def prepare():
    """Both parts of Adult as one table with a line of names, and the other files where configurations look."""
    source = os.environ.get("EQUIPOISE_DATA")
    if source is None:
        raise SystemExit("EQUIPOISE_DATA must name the folder of the data")
    source = Path(source)
    DATA.mkdir(parents=True, exist_ok=True)
    rows = []
    for part in ("adult.data", "adult.test"):
        for line in (source / "adult" / part).read_text().splitlines():
            cells = [cell.strip() for cell in line.split(",")]
            if len(cells) == len(ADULT_COLUMNS):
                # The labels of the test part end in a full stop.
                rows.append(cells[:-1] + [cells[-1].rstrip(".")])
    race = ADULT_COLUMNS.index("race")
    for name, keep in (("adult.csv", lambda row: True),
                       ("adult-black-white.csv", lambda row: row[race] in ("Black", "White"))):
        with open(DATA / name, "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(ADULT_COLUMNS)
            writer.writerows(filter(keep, rows))
    for found, name in (("acs_income/ACSIncome.test.parquet", "acs-income.parquet"),
                        ("law_school/law_school_clean.csv", "law-school.csv")):
        if (source / found).is_file():
            shutil.copyfile(source / found, DATA / name)


def toml(value):
    """A value as TOML writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def folder(config, changes, seed):
    parts = [config, *(f"{key}={toml(value)}" for key, value in changes.items()), str(seed)]
    name = "-".join("".join(letter if letter.isalnum() or letter in ".-" else "_" for letter in part) for part in parts)
    return RUNS / name


def is_finished(out):
    return (out / "audit" / "fair.json").is_file()


def run(config, changes, seed, command="run"):
    """Trains, or finds the run of before; the folder of its results. `finetune` trains the fair model alone."""
    out = folder(config, changes, seed)
    if not is_finished(out):
        program = [TARGET / "release" / "equipoise", command, f"configs/{config}.toml", "--seed", str(seed)]
        for key, value in changes.items():
            program += ["--set", f"{key}={toml(value)}"]
        subprocess.run([*program, "--out", out, "--quiet"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return out


def measured(out, model):
    """The figures of one model on the test part, x 100."""
    audit = json.loads((out / "audit" / f"{model}.json").read_text())
    gaps = {
        entry["metric"]: entry["value"]
        for entry in audit["records"]
        if entry["scope"] == "difference" and entry.get("method") == "between_groups"
    }
    overall = {entry["metric"]: entry["value"] for entry in audit["records"] if entry["scope"] == "overall"}
    opportunity, equality = gaps["equal_opportunity"], gaps["predictive_equality"]
    figures = {
        "accuracy": overall["accuracy"],
        "auc": overall["roc_auc"],
        "ap": overall["average_precision"],
        "dp": gaps["demographic_parity"],
        "abcc": gaps["abcc"],
        # FFB adds the gaps of the true and of the false positive rates.
        "eodd": opportunity + equality,
        "eopp": opportunity,
        "eo": max(opportunity, equality),
    }
    return {key: 100 * value for key, value in figures.items()}


def epoch_kept(out):
    history = json.loads((out / "models" / "fair" / "history.json").read_text())
    stage = history["stages"][-1]
    return next(epoch for epoch in stage["epochs"] if epoch["epoch"] == stage["best_epoch"])


def validated(out, value):
    """A value of the kept epoch on the validation part, x 100."""
    return 100 * epoch_kept(out)["valid"][value]


def spread(values):
    if len(values) < 2:
        return f"{values[0]:.2f}"
    return f"{statistics.mean(values):.2f}±{statistics.stdev(values):.2f}"


def interval(values):
    """The 95 % interval of the mean over seeds (Student's t)."""
    quantile = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78}.get(len(values))
    if quantile is None:
        return "–"
    half = quantile * statistics.stdev(values) / math.sqrt(len(values))
    mean = statistics.mean(values)
    return f"{mean - half:.2f} to {mean + half:.2f}"


def is_wanted(name, config, changes, args):
    runs_there = all(is_finished(folder(config, changes, seed)) for seed in args.seeds)
    return args.only in name and (runs_there or not args.found)


def ffb_rows(args):
    seeds = args.seeds
    for name, config, model, changes, known in FFB:
        if not is_wanted(name, config, changes, args):
            continue
        command = "run" if model == "plain" else "finetune"
        runs = [measured(run(config, changes, seed, command), model) for seed in seeds]
        cells = [spread([figures[key] for figures in runs]) for key, _ in METRICS]
        yield f"| {name} | {' | '.join(cells)} | {len(runs)} |"
        there = [known.get(key, "") for key, _ in METRICS]
        yield f"| *elsewhere* | {' | '.join(there)} | |"


def target_rows(args):
    seeds = args.seeds
    for name, config, changes, gap, bound, least in TARGETS:
        if not is_wanted(name, config, changes, args):
            continue
        # The plain model of a seed is the same whatever the fairness loss.
        plain = [measured(run(config, {}, seed), "plain") for seed in seeds]
        command = "finetune" if changes else "run"
        folders = [run(config, changes, seed, command) for seed in seeds]
        fair = [measured(out, "fair") for out in folders]
        found = [figures[gap] for figures in fair]
        right = [figures["accuracy"] for figures in fair]
        if least is None:
            met = f"{sum(value <= bound for value in found)} of {len(found)} at most {bound}"
        else:
            good = statistics.mean(found) <= bound and statistics.mean(right) >= least
            met = f"{'yes' if good else '**no**'}: mean {gap} at most {bound}, accuracy at least {least}"
        cells = [
            spread([figures["accuracy"] for figures in plain]),
            spread([figures[gap] for figures in plain]),
            f"{spread(right)} ({interval(right)})",
            f"{spread(found)} ({interval(found)})",
            spread([figures["dp"] for figures in fair]),
            spread([figures["eo"] for figures in fair]),
            spread([validated(out, "violation") for out in folders]),
            spread([epoch_kept(out)["lambda"] for out in folders]),
            met,
        ]
        yield f"| {name} | {' | '.join(cells)} | {len(found)} |"


def tried_rows(args):
    for name, changes in TRIES:
        if not is_wanted(name, "target-adult", changes, args):
            continue
        command = "finetune" if changes else "run"
        folders = [run("target-adult", changes, seed, command) for seed in args.seeds]
        fair = [measured(out, "fair") for out in folders]
        cells = [
            spread([validated(out, "accuracy") for out in folders]),
            spread([validated(out, "violation") for out in folders]),
            spread([figures["accuracy"] for figures in fair]),
            spread([figures["dp"] for figures in fair]),
        ]
        yield f"| {name} | {' | '.join(cells)} | {len(fair)} |"


def missing(args):
    rows = [name for name, config, _, changes, _ in FFB if not is_wanted(name, config, changes, args)]
    rows += [name for name, config, changes, *_ in TARGETS if not is_wanted(name, config, changes, args)]
    if rows:
        yield from ("", f"Not run: {'; '.join(rows)}.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", action="store_true")
    parser.add_argument("--seeds", nargs="+", type=int, default=[11, 12, 13, 14, 15])
    parser.add_argument("--only", default="")
    parser.add_argument("--found", action="store_true")
    args = parser.parse_args()
    prepare()
    if args.data:
        return
    header = "| | " + " | ".join(title for _, title in METRICS) + " | runs |"
    lines = [
        "# Adult by the recipe of FFB, and within targets",
        "",
        "Made by `cargo build --release -p equipoise-cli && python3 docs/make-ffb-table.py`, seeds "
        f"{', '.join(map(str, args.seeds))}. All figures are of the test part, x 100, mean±standard deviation over "
        "seeds; each seed draws its own split.",
        "",
        "## The recipe",
        "",
        "`configs/ffb-adult.toml`: both parts of Adult without the rows that have a missing value (45,222), 40/30/30 "
        "stratified by the label, one-hot categories, a perceptron of 512, 256 and 64 units with dropout 0.5, Adam at "
        "0.01 that falls tenfold every 50 of 150 steps, batches of 1,024. `eodd` is the *sum* of the gaps of the true "
        "and of the false positive rates, as FFB has it; `eo (max)` is the larger of the two. *Elsewhere* is the "
        "published figure of FFB (Han et al., ICLR 2024), and behind the slash, or where nothing was published, that of "
        "its code run anew.",
        "",
        header,
        "|---|" + "---|" * (len(METRICS) + 1),
        *ffb_rows(args),
        *missing(args),
        "",
        "## Within a target",
        "",
        "`lambda = { target = .. }`: no grid over lambda, deterministic decisions, and the group is not read at "
        "prediction. On Adult a perceptron of 512 and 256 units over numbers in pieces and one-hot categories, with "
        "averaged weights (`configs/target-adult.toml`). What is set for equalized odds was chosen on the validation "
        "part of another seed; the plain model is that of the configuration. `violation` is that of the kept epoch on the validation part, `lambda` the sum of its multipliers; "
        "in brackets the 95 % interval of the mean over seeds.",
        "",
        "| | plain accuracy | plain gap | accuracy | gap | dp | eo (max) | violation (validation) | lambda | bound met "
        "| runs |",
        "|---|" + "---|" * 10,
        *target_rows(args),
        "",
        "What was tried for demographic parity with target 0.01 on Adult, 16 epochs first; the configuration has what is "
        "the most accurate on the validation parts, by little:",
        "",
        "| | accuracy (validation) | violation (validation) | accuracy | dp | runs |",
        "|---|---|---|---|---|---|",
        *tried_rows(args),
        "",
        "Beside it, gradient boosting of scikit-learn with fairlearn on the same rows and split of Adult by sex "
        "(5 seeds, 3 for the reductions):",
        "",
        "| | accuracy | dp | eo (max) | needs the group at prediction | random decisions |",
        "|---|---|---|---|---|---|",
        *(f"| {' | '.join(cells)} |" for cells in PEERS),
        "",
    ]
    text = "\n".join(lines)
    if not args.only:
        (ROOT / "docs" / "ffb.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
