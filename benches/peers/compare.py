"""Puts the rounds of both sides side by side: least and median seconds, and the ratio of the medians.

    compare.py EQUIPOISE NUMPY

Each file holds one line of JSON for each round.
"""

import json
import os
import pathlib
import statistics
import sys

# A case of ours, and the same work in numpy where it was written there.
CASES = [
    ("audit_10", "audit_10", "10 groups x 8 metrics"),
    ("audit_40", "audit_40", "three attributes crossed, 40 cells"),
    ("cube_10", "audit_10", "the counts of 10 groups alone"),
    ("cube_40", "audit_40", "the counts of 40 cells alone"),
    ("cube_10_slices", "audit_10", "the counts of 10 groups from plain codes of 4 bytes"),
    ("cube_40_slices", "audit_40", "the counts of 40 cells from plain codes of 4 bytes"),
    ("bootstrap_1000", "bootstrap_1000", "1,000 bootstrap replicates of 10 groups x 8 metrics"),
    ("audit_10_bootstrap", None, "10 groups x 8 metrics with 1,000 replicates"),
    ("audit_40_bootstrap", None, "40 cells and all 7 sections with 1,000 replicates"),
    ("auc_10", None, "area under the curve of 10 groups, with intervals"),
]


def read(path):
    """The seconds of each case over all rounds, and what was found."""
    rounds = [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]
    seconds = {}
    for result in rounds:
        for case, times in result["seconds"].items():
            seconds.setdefault(case, []).extend(times)
    return rounds[0]["rows"], {r["selection_rate_difference"] for r in rounds}, seconds


def main():
    rows, ours_found, ours = read(sys.argv[1])
    _, theirs_found, theirs = read(sys.argv[2])
    # Both sides see the same rows, or the times mean nothing.
    found = ours_found | theirs_found
    if max(found) - min(found) > 1e-12:
        sys.exit(f"the two sides disagree: {ours_found} and {theirs_found}")
    print(f"{rows} rows, {os.cpu_count()} cores; seconds, least and median\n")
    print("| case | least | median | numpy, least | numpy, median | numpy / ours |")
    print("|---|---|---|---|---|---|")
    for case, peer, title in CASES:
        mine = ours[case]
        row = [title, f"{min(mine):.4f}", f"{statistics.median(mine):.4f}"]
        if peer is None:
            row += ["", "", ""]
        else:
            other = theirs[peer]
            ratio = statistics.median(other) / statistics.median(mine)
            row += [f"{min(other):.4f}", f"{statistics.median(other):.4f}", f"{ratio:.1f}"]
        print("| " + " | ".join(row) + " |")
    crossed = statistics.median(ours["audit_40"]) / statistics.median(ours["audit_10"])
    print(f"\n40 cells take {crossed:.2f} times as long as 10 groups.")


if __name__ == "__main__":
    main()
