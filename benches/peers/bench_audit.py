"""One round of `benches/peers/run`: the audit of counts in numpy, as an expert writes it by hand.

    bench_audit.py ROWS TIMES

Prints JSON. The rows are those of `crates/equipoise-metrics/benches/inputs`: each number is a hash of its row. Making
them is not timed.
"""

import json
import sys
import time

import numpy as np

CHUNK = 1 << 20


def hashed(stream, row):
    """The finaliser of SplitMix64, whose products wrap around on purpose."""
    bits = (np.uint64(stream << 40) | row) * np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def uniform(stream, row):
    return (hashed(stream, row) >> np.uint64(11)) / float(1 << 53)


def columns(rows):
    """Columns of int64: `bincount` would have to convert any other."""
    made = [np.empty(rows, np.int64) for _ in range(6)]
    for start in range(0, rows, CHUNK):
        stop = min(rows, start + CHUNK)
        row = np.arange(start, stop, dtype=np.uint64)
        group = hashed(1, row) % np.uint64(10)
        label = uniform(2, row) < 0.25 + 0.02 * group
        score = 0.3 * label + 0.02 * group + 0.52 * uniform(3, row)
        crossed = [hashed(4 + k, row) % np.uint64(size) for k, size in enumerate((2, 5, 4))]
        for column, values in zip(made, [group, *crossed, label, score > 0.5], strict=True):
            column[start:stop] = values
    return made


def rates(counts):
    """Eight metrics of counts `[..., label, prediction]`; the last one is the number of rows."""
    with np.errstate(all="ignore"):
        tn, fp, fn, tp = counts[..., 0, 0], counts[..., 0, 1], counts[..., 1, 0], counts[..., 1, 1]
        rows = tn + fp + fn + tp
        return np.stack(
            [
                (tp + fp) / rows,
                tp / (tp + fn),
                fp / (fp + tn),
                fn / (tp + fn),
                (tp + tn) / rows,
                tp / (tp + fp),
                2 * tp / (2 * tp + fp + fn),
                rows,
            ]
        )


def gaps(values):
    return np.nanmax(values, -1) - np.nanmin(values, -1)


def cube(key, groups, label, prediction):
    counts = np.bincount(key * 4 + label * 2 + prediction, minlength=groups * 4)
    return counts.reshape(groups, 2, 2)


def main():
    rows, times = int(sys.argv[1]), int(sys.argv[2])
    group, first, second, third, label, prediction = columns(rows)

    def audit_10():
        counts = cube(group, 10, label, prediction)
        return counts, gaps(rates(counts))

    def audit_40():
        counts = cube((first * 5 + second) * 4 + third, 40, label, prediction)
        return counts, gaps(rates(counts))

    counts, differences = audit_10()

    def bootstrap_1000():
        # All replicates at once: a loop over them takes four times as long.
        drawn = np.random.default_rng(0).multinomial(rows, counts.ravel() / rows, size=1000)
        values = rates(drawn.reshape(1000, 10, 2, 2))
        np.quantile(values, [0.025, 0.975], axis=1)
        np.quantile(gaps(values), [0.025, 0.975], axis=1)

    seconds = {}
    for case in (audit_10, audit_40, bootstrap_1000):
        case()
        seconds[case.__name__] = []
        for _ in range(times):
            start = time.perf_counter()
            case()
            seconds[case.__name__].append(time.perf_counter() - start)
    result = {"rows": rows, "selection_rate_difference": float(differences[0]), "seconds": seconds}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
