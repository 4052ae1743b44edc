#!/usr/bin/env python3
"""Pretrains `configs/pretrain-text.toml` with and without counterfactuals, probes the models, and
writes docs/pretraining.md.

    cargo build --release -p equipoise-cli
    EQUIPOISE_DATA=... python3 docs/make-pretraining.py RUNS [--steps NUMBER]

`EQUIPOISE_DATA` has the texts that `datasets/lay_out_corpora.py` lays out, `crows_pairs` and
`seat_weat`. RUNS is a folder for the texts and the runs, outside the repository; what is there is not
made again, and a run that was stopped goes on. Needs Python 3.11 and nothing beyond it.
"""

import json
import math
import os
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SEEDS = [1, 2, 3]
ROOT = Path(__file__).resolve().parent.parent
PROGRAM = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "equipoise"
# One thread for each of two runs at a time: the bytes do not depend on it.
ENVIRONMENT = {**os.environ, "RAYON_NUM_THREADS": "1"}
AT_ONCE = 2
# What is done to the texts, and how a config says so.
VARIANTS = [
    ("as they are", "plain", None),
    ("each document and its counterfactual", "doubled", '{ swap = "en-gender" }'),
    ("half of the documents swapped", "replaced", '{ swap = "en-gender", mode = "replace" }'),
    ("the same, but for names", "names-kept", '{ swap = "en-gender", names = "kept" }'),
]
TESTS = ["sent-weat6", "sent-weat6b", "sent-weat7", "sent-weat7b", "sent-weat8", "sent-weat8b"]


def out(runs, variant, seed):
    return runs / f"{variant}-{seed}"


def pretrain(runs, variant, swap, seed, steps):
    folder = out(runs, variant, seed)
    sets = [
        f"corpus.train=[{json.dumps(str(runs / 'corpora/train/*.txt'))}]",
        f"corpus.valid=[{json.dumps(str(runs / 'corpora/wikitext-2-valid.txt'))}]",
    ]
    sets += [f"corpus.augment={swap}"] if swap else []
    sets += [f"pretrain.steps={steps}"] if steps else []
    command = [PROGRAM, "pretrain", "configs/pretrain-text.toml", "--seed", str(seed), "--out", folder, "--quiet"]
    command += [part for text in sets for part in ("--set", text)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)


def probe(runs, data, variant, seed):
    folder = out(runs, variant, seed)
    answers = folder / "probe.json"
    if not answers.exists():
        seat = runs / "seat"
        seat.mkdir(exist_ok=True)
        for name in TESTS:
            (seat / f"{name}.jsonl").write_bytes((data / "seat_weat" / f"{name}.jsonl").read_bytes())
        command = [PROGRAM, "probe", folder / "models/base", "--probe", "crows-pairs,association", "--format", "json"]
        command += ["--data", f"crows-pairs={data / 'crows_pairs/crows_pairs_anonymized.csv'}"]
        command += ["--data", f"association={seat}", "--permutations", "1000", "--out", answers]
        subprocess.run(command, cwd=ROOT, check=True, env=ENVIRONMENT)
    found = {}
    for record in json.loads(answers.read_text())["records"]:
        if record["measure"] == "stereotype_score" and record["subset"] == {"bias_type": "gender"}:
            found["crows-pairs"] = record
        elif record["measure"] == "effect_size":
            found[record["subset"]["test"]] = record
    return found


def history(runs, variant, seed):
    stages = json.loads((out(runs, variant, seed) / "models/base/history.json").read_text())["stages"]
    return [epoch["valid"]["perplexity"] for epoch in stages[0]["epochs"]]


def minutes(runs, variant, seed):
    """How long a run took; `None` of one that was stopped and went on, whose times are of its last part."""
    if "going on after epoch" in (out(runs, variant, seed) / "log.jsonl").read_text():
        return None
    steps = json.loads((out(runs, variant, seed) / "timing.json").read_text())["steps"]
    return sum(step["seconds"] for step in steps) / 60


# The quantiles of Student's t for an interval of 95 % with one to eight degrees of freedom.
T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306]


def interval(values):
    """The mean of several seeds with the interval of Student's t."""
    mean = statistics.mean(values)
    half = T[len(values) - 2] * statistics.stdev(values) / math.sqrt(len(values))
    return mean, half


def shown(values, digits=3):
    mean, half = interval(values)
    return f"{mean:.{digits}f} ± {half:.{digits}f}"


def identities(runs, variant):
    report = json.loads((out(runs, variant, SEEDS[0]) / "corpus.json").read_text())
    counts = {}
    for when in ("before", "after"):
        for entry in report[when]["identities"]:
            if entry["attribute"] == "gender":
                counts[entry["value"], when] = entry["occurrences"]
    return counts


def perplexity_table(runs, variants):
    epochs = max(len(history(runs, name, SEEDS[0])) for _, name, _ in variants)
    lines = ["| texts | seed | " + " | ".join(f"epoch {at + 1}" for at in range(epochs)) + " |"]
    lines += ["|---" * (epochs + 2) + "|"]
    for label, name, _ in variants:
        for seed in SEEDS:
            values = [f"{value:.1f}" for value in history(runs, name, seed)]
            values += [""] * (epochs - len(values))
            lines.append(f"| {label} | {seed} | {' | '.join(values)} |")
    times = [minutes(runs, name, seed) for _, name, _ in variants for seed in SEEDS]
    times = sorted(time for time in times if time is not None)
    lines += [
        "",
        f"Of the {len(times)} runs that were not stopped in between, two at a time with one thread each, one took "
        f"{statistics.median(times):.1f} minutes in the median, {times[0]:.1f} to {times[-1]:.1f}, from its files to its "
        "folder; the machine had other work beside the slowest.",
    ]
    return lines


def bias_table(answers, variants):
    lines = ["| texts | CrowS-Pairs, gender | " + " | ".join(TESTS) + " |", "|---" * (len(TESTS) + 2) + "|"]
    for label, name, _ in variants:
        cells = [shown([answers[name, seed][key]["value"] for seed in SEEDS]) for key in ["crows-pairs", *TESTS]]
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return lines


def change_table(answers, variants):
    lines = ["| texts | CrowS-Pairs, gender | mean size of the effects |", "|---|---|---|"]

    def size(name, seed):
        return statistics.mean(abs(answers[name, seed][test]["value"]) for test in TESTS)

    beyond = []
    for label, name, swap in variants:
        if not swap:
            continue
        pairs = [answers[name, seed]["crows-pairs"]["value"] - answers["plain", seed]["crows-pairs"]["value"] for seed in SEEDS]
        sizes = [size(name, seed) - size("plain", seed) for seed in SEEDS]
        lines.append(f"| {label} | {shown(pairs)} | {shown(sizes)} |")
        for what, values in (("CrowS-Pairs", pairs), ("SEAT", sizes)):
            mean, half = interval(values)
            if abs(mean) > half:
                beyond.append(f"{what} with {label} ({mean:+.3f})")
    return lines, beyond


def single_table(answers, variants):
    lines = ["| texts | seed | pairs | score | interval |", "|---|---|---|---|---|"]
    for label, name, _ in variants:
        for seed in SEEDS:
            record = answers[name, seed]["crows-pairs"]
            lines.append(
                f"| {label} | {seed} | {record['count']} | {record['value']:.3f} | "
                f"{record['low']:.3f} to {record['high']:.3f} |"
            )
    return lines


def main():
    if len(sys.argv) not in (2, 4) or "EQUIPOISE_DATA" not in os.environ:
        sys.exit(__doc__)
    runs, data = Path(sys.argv[1]).resolve(), Path(os.environ["EQUIPOISE_DATA"])
    steps = int(sys.argv[3]) if len(sys.argv) == 4 else None
    if not (runs / "corpora").exists():
        script = ROOT / "datasets/lay_out_corpora.py"
        subprocess.run([sys.executable, script, runs / "corpora"], check=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [
            pool.submit(pretrain, runs, name, swap, seed, steps)
            for _, name, swap in VARIANTS
            for seed in SEEDS
        ]
        for job in jobs:
            job.result()
    answers = {(name, seed): probe(runs, data, name, seed) for _, name, _ in VARIANTS for seed in SEEDS}
    counts = {name: identities(runs, name) for _, name, _ in VARIANTS}
    changes, beyond = change_table(answers, VARIANTS)
    verdict = (
        "No change is larger than its interval: with three seeds and a model of this size, what swapping does to "
        "these probes cannot be told from chance."
        if not beyond
        else "Larger than its interval is " + "; ".join(beyond) + ". All other changes cannot be told from chance."
    )
    lines = [
        "# Pretraining with and without counterfactuals",
        "",
        "Made by `docs/make-pretraining.py`: `configs/pretrain-text.toml` (BERT with 2 layers, 128 wide, a vocabulary of "
        f"8,192 learnt from the texts), seeds {', '.join(map(str, SEEDS))}"
        + (f", {steps} steps" if steps else "")
        + ". The texts are 2.4 million English words of speeches, reviews, plays and Genesis. All variants make as many "
        "steps of 16 windows of 64 tokens and have the same vocabulary.",
        "",
        "## Perplexity",
        "",
        "Of hidden tokens of the validation part of WikiText-2, after each epoch, with the same tokens hidden each time. It is a "
        "domain that the texts do not have.",
        "",
        *perplexity_table(runs, VARIANTS),
        "",
        "## Who is named",
        "",
        "Words of the texts that name women and men:",
        "",
        "| texts | women before | men before | women after | men after |",
        "|---|---|---|---|---|",
        *(
            f"| {label} | " + " | ".join(f"{counts[name][value, when]:,}" for when in ("before", "after") for value in ("female", "male")) + " |"
            for label, name, _ in VARIANTS
        ),
        "",
        "## What the models make of it",
        "",
        "The share of the CrowS-Pairs about gender whose more stereotyping sentence is the likelier one (0.5 would be even), and the "
        "effect sizes of SEAT (0 would be even): the mean of the seeds with the 95 % interval of Student's t over them.",
        "",
        *bias_table(answers, VARIANTS),
        "",
        "The change against the texts as they are, seed by seed: the score, and the mean over the six tests of the size of the effect "
        "whatever its sign. Below 0 is less bias, where the score of the plain texts is above 0.5.",
        "",
        *changes,
        "",
        f"{verdict} Three things were tried: the counterfactual beside each document, in the place of every second one, and "
        "without swapping names.",
        "",
        "Each model has an interval of its own from the number of pairs (Wilson, 95 %), which is wide as well:",
        "",
        *single_table(answers, VARIANTS),
        "",
    ]
    (ROOT / "docs" / "pretraining.md").write_text("\n".join(lines))


if __name__ == "__main__":
    main()
