"""Writes the golden numbers of the probes to standard output. See README.md."""

import difflib
import itertools
import json

import numpy as np
from scipy import stats

rng = np.random.default_rng(20240229)


def cosine(u, v):
    return float(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)))


def association(w, a, b):
    return np.mean([cosine(w, x) for x in a]) - np.mean([cosine(w, x) for x in b])


def associations():
    cases = []
    for size, other, ideas, width, shift in [(4, 4, 3, 5, 0.8), (5, 5, 4, 3, 0.0), (3, 6, 2, 8, 1.5), (6, 6, 8, 16, 0.3)]:
        sets = [np.round(rng.normal(size=(n, width)), 3) for n in (size, other, ideas, ideas)]
        sets[0] = np.round(sets[0] + shift * sets[2].mean(axis=0), 3)
        x, y, a, b = sets
        sx = np.array([association(w, a, b) for w in x])
        sy = np.array([association(w, a, b) for w in y])
        everything = np.concatenate([sx, sy])
        found = sx.mean() - sy.mean()
        hits = ways = 0
        for chosen in itertools.combinations(range(len(everything)), len(sx)):
            mask = np.zeros(len(everything), dtype=bool)
            mask[list(chosen)] = True
            ways += 1
            hits += everything[mask].mean() - everything[~mask].mean() >= found - 1e-12
        cases.append({
            "x": x.tolist(), "y": y.tolist(), "a": a.tolist(), "b": b.tolist(),
            "effect_size": float(found / np.std(everything, ddof=1)),
            "p_value": hits / ways,
        })
    return cases


def equal_positions(first, second):
    matcher = difflib.SequenceMatcher(None, [str(t) for t in first], [str(t) for t in second])
    positions = [], []
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            positions[0].extend(range(i, i_end))
            positions[1].extend(range(j, j_end))
    return positions


def alignments():
    cases = []
    for length, vocabulary, changes in [(8, 6, 2), (12, 4, 4), (20, 30, 3), (30, 5, 8), (40, 1000, 12), (230, 40, 20), (260, 3, 30), (210, 500, 10)]:
        for _ in range(4):
            first = rng.integers(0, vocabulary, size=length).tolist()
            second = list(first)
            for _ in range(changes):
                place = int(rng.integers(0, len(second)))
                kind = rng.integers(0, 3)
                if kind == 0:
                    second[place] = int(rng.integers(0, vocabulary))
                elif kind == 1:
                    second.insert(place, int(rng.integers(0, vocabulary)))
                elif len(second) > 1:
                    del second[place]
            equal = equal_positions(first, second)
            cases.append({"first": first, "second": second, "equal_first": equal[0], "equal_second": equal[1]})
    cases.append({"first": [], "second": [1], "equal_first": [], "equal_second": []})
    return cases


def stereo():
    cases = []
    for count, targets in [(12, 3), (40, 7), (5, 1)]:
        examples = []
        for _ in range(count):
            scores = np.round(rng.normal(size=3), 1).tolist()
            examples.append({"target": f"target {rng.integers(0, targets)}", "scores": scores})
        language, stereotype = [], []
        for target in sorted({e["target"] for e in examples}):
            own = [e["scores"] for e in examples if e["target"] == target]
            related = sum(s > u for s, o, u in own) + sum(o > u for s, o, u in own)
            language.append(related / (2 * len(own)))
            stereotype.append(sum(s > o for s, o, u in own) / len(own))
        lms, ss = float(np.mean(language)), float(np.mean(stereotype))
        cases.append({"examples": examples, "lms": lms, "ss": ss, "icat": lms * min(ss, 1 - ss) / 0.5})
    return cases


def crows():
    """Each token has a log-probability that depends on its number and its neighbours alone."""
    def log_probability(tokens, position):
        left = tokens[position - 1] if position else 0
        right = tokens[position + 1] if position + 1 < len(tokens) else 0
        return -(((7 * tokens[position] + 3 * left + 5 * right) % 31) / 8.0)

    pairs, more_likely = [], 0
    for _ in range(30):
        more = rng.integers(10, 40, size=int(rng.integers(4, 12))).tolist()
        less = list(more)
        less[int(rng.integers(0, len(less)))] = int(rng.integers(10, 40))
        if rng.integers(0, 2):
            less.insert(int(rng.integers(0, len(less))), int(rng.integers(10, 40)))
        # 1 and 2 are the special tokens at both ends.
        tokens = [[1, *side, 2] for side in (more, less)]
        equal = equal_positions(*tokens)
        sums = []
        for side, positions in zip(tokens, equal):
            scored = [p for p in positions if 0 < p < len(side) - 1]
            sums.append(round(sum(log_probability(side, p) for p in scored), 3))
        more_likely += sums[0] > sums[1]
        pairs.append({"more": more, "less": less, "sums": sums})
    return {"pairs": pairs, "stereotype_score": more_likely / len(pairs)}


def wilson():
    cases = []
    for hits, count in [(0, 7), (3, 10), (50, 262), (1000, 1508), (5, 5)]:
        interval = stats.binomtest(hits, count).proportion_ci(0.95, method="wilson")
        cases.append({"hits": hits, "count": count, "low": float(interval.low), "high": float(interval.high)})
    return cases


if __name__ == "__main__":
    print(json.dumps({
        "associations": associations(), "alignments": alignments(), "stereo": stereo(), "crows": crows(), "wilson": wilson(),
    }))
