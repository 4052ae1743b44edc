"""`equipoise audit` of a Parquet file beside polars' read and group-by of the same columns.

The program is timed from its start to its end, intervals included; polars from the call that reads the
file to the last of the eight metrics of each group, after its import. Both take the same file and the
same columns, in turns (A B A B ...), and the medians are compared.

    python benches/peers/bench_audit_file.py target/release/equipoise [--rows 10000000] [--rounds 7]
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy as np
import polars as pl

METRICS = [
    "selection_rate",
    "true_positive_rate",
    "false_positive_rate",
    "false_negative_rate",
    "accuracy",
    "precision",
    "f1",
    "count",
]
COLUMNS = ["label", "prediction", "group"]


def write_people(path: pathlib.Path, rows: int) -> None:
    """A file of labels, decisions, scores and ten groups, in blocks that memory holds."""
    names = pl.Series([f"group-{index}" for index in range(10)])
    random = np.random.default_rng(7)
    groups = random.integers(0, 10, rows, dtype=np.uint8)
    score = random.random(rows, dtype=np.float32)
    label = (random.random(rows, dtype=np.float32) < 0.2 + 0.5 * score).astype(np.uint8)
    frame = pl.DataFrame(
        {
            "label": label,
            "prediction": (score > 0.5).astype(np.uint8),
            "score": score,
            "group": names.gather(pl.Series(groups)),
        }
    )
    frame.write_parquet(path)


def with_polars(path: pathlib.Path) -> dict[str, dict[str, float]]:
    """The eight metrics of each group."""
    hit = (pl.col("label") == 1) & (pl.col("prediction") == 1)
    frame = pl.read_parquet(path, columns=COLUMNS)
    counts = (
        frame.lazy()
        .group_by("group")
        .agg(
            pl.len().alias("count"),
            pl.col("label").cast(pl.UInt32).sum().alias("positives"),
            pl.col("prediction").cast(pl.UInt32).sum().alias("selected"),
            hit.sum().alias("hits"),
        )
        .with_columns(pl.all().exclude("group").cast(pl.Float64))
        .with_columns(
            (pl.col("selected") - pl.col("hits")).alias("false_alarms"),
            (pl.col("count") - pl.col("positives")).alias("negatives"),
        )
    )
    metrics = counts.select(
        "group",
        "count",
        (pl.col("selected") / pl.col("count")).alias("selection_rate"),
        (pl.col("hits") / pl.col("positives")).alias("true_positive_rate"),
        (pl.col("false_alarms") / pl.col("negatives")).alias("false_positive_rate"),
        (1 - pl.col("hits") / pl.col("positives")).alias("false_negative_rate"),
        (
            (pl.col("hits") + pl.col("negatives") - pl.col("false_alarms")) / pl.col("count")
        ).alias("accuracy"),
        (pl.col("hits") / pl.col("selected")).alias("precision"),
        (2 * pl.col("hits") / (pl.col("selected") + pl.col("positives"))).alias("f1"),
    ).collect()
    return {row.pop("group"): row for row in metrics.to_dicts()}


def with_equipoise(program: str, path: pathlib.Path) -> dict[str, dict[str, float]]:
    """The same from the program."""
    command = [program, "audit", str(path), "--label", "label", "--prediction", "prediction"]
    command += ["--group", "group", "--metrics", ",".join(METRICS), "--format", "json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    found: dict[str, dict[str, float]] = {}
    for record in json.loads(done.stdout)["records"]:
        if record["scope"] == "group":
            group = record["attributes"]["group"]
            found.setdefault(group, {})[record["metric"]] = record["value"]
    return found


def agree(ours: dict[str, dict[str, float]], theirs: dict[str, dict[str, float]]) -> None:
    """Stops where a number differs: only the same work is worth timing."""
    for group, metrics in theirs.items():
        for metric, value in metrics.items():
            if abs(ours[group][metric] - value) > 1e-12 * max(1.0, abs(value)):
                raise SystemExit(f"{metric} of {group}: {ours[group][metric]} and {value}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the program, built with --release")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "people.parquet"
        write_people(path, arguments.rows)
        agree(with_equipoise(arguments.program, path), with_polars(path))
        ours, theirs = [], []
        for _ in range(arguments.rounds):
            for times, work in (
                (ours, lambda: with_equipoise(arguments.program, path)),
                (theirs, lambda: with_polars(path)),
            ):
                start = time.perf_counter()
                work()
                times.append(time.perf_counter() - start)
        ours, theirs = statistics.median(ours), statistics.median(theirs)
        print(f"audit of a file, {arguments.rows} rows, median of {arguments.rounds} rounds")
        print(f"  equipoise audit         {ours:.3f} s")
        print(f"  polars read + group-by  {theirs:.3f} s")
        print(f"  ratio                   {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
