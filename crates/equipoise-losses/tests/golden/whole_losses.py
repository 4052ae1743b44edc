"""Values of the whole losses by other libraries, or written out, in double precision.

python -m venv venv
venv/bin/pip install numpy==2.3.5 scipy==1.16.3 POT==0.9.6 scikit-learn==1.7.2
venv/bin/python whole_losses.py > whole_losses.json
"""

import itertools
import json

import numpy as np
import ot
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import jensenshannon
from scipy.special import expit, logsumexp, softmax
from scipy.stats import wasserstein_distance
from sklearn.metrics.pairwise import laplacian_kernel, rbf_kernel


def batch(seed, rows, groups, classes, even):
    """Rows of a batch; one column of outputs for two classes."""
    random = np.random.default_rng(seed)
    width = 1 if classes == 2 else classes
    return {
        "task": "binary" if classes == 2 else "multiclass",
        "outputs": random.normal(0.3, 1.5, (rows, width)).round(6),
        "targets": random.integers(0, classes, rows),
        "groups": np.concatenate([np.arange(groups), random.integers(0, groups, rows - groups)]),
        "weights": np.ones(rows) if even else random.uniform(0.5, 1.5, rows).round(6),
    }


def values(b):
    z, y, a, w = b["outputs"], b["targets"], b["groups"], b["weights"]
    rows, width = z.shape
    binary = width == 1
    s = expit(z) if binary else softmax(z, axis=1)
    names = range(a.max() + 1)
    p = w / w.sum()
    share = np.array([p[a == j].sum() for j in names])
    inside = [np.where(a == j, w, 0) / w[a == j].sum() for j in names]
    rest = [np.where(a != j, w, 0) / w[a != j].sum() for j in names]
    out = {}

    # Covariance and correlation.
    hot = np.eye(len(names))[a]
    joint = np.cov(np.hstack([hot, z]), rowvar=False, aweights=w, ddof=0)
    out["covariance"] = np.sqrt((joint[: len(names), len(names) :] ** 2).sum() / 2)
    if len(names) == 2 and binary:
        out["covariance_of_two"] = abs(np.cov(a, z[:, 0], aweights=w, ddof=0)[0, 1])
    mean = p @ s
    between = sum(share[j] * ((inside[j] @ s - mean) ** 2).sum() for j in names)
    total = (p @ (s - mean) ** 2).sum()
    out["correlation"] = np.sqrt(between / (total + 1e-8))

    # MMD with the kernels of scikit-learn.
    for shape, kernel in [
        ("gaussian", rbf_kernel(s, gamma=1 / 0.1**2)),
        ("laplacian", laplacian_kernel(s, gamma=1 / 0.1)),
    ]:
        form = lambda d: d @ kernel @ d
        out[f"mmd_{shape}_rest"] = sum(share[j] * form(inside[j] - rest[j]) for j in names)
        pairs = list(itertools.combinations(names, 2))
        out[f"mmd_{shape}_pairs"] = np.mean([form(inside[j] - inside[k]) for j, k in pairs])

    # HSIC: with traces as Gretton et al. have it, where rows weigh alike.
    kernel = rbf_kernel(s, gamma=1.0)
    centred = hot - p @ hot
    out["hsic"] = sum((p * c) @ kernel @ (p * c) for c in centred.T)
    if np.all(w == 1):
        middle = np.eye(rows) - 1 / rows
        trace = lambda other: np.trace(kernel @ middle @ other @ middle)
        out["hsic_trace"] = trace((a[:, None] == a[None, :]).astype(float)) / rows**2
        if len(names) == 2:
            # As FFB has it: a Gaussian kernel on the numbers 0 and 1, and the divisor (N - 1)^2.
            out["hsic_ffb"] = trace(rbf_kernel(a[:, None], gamma=1.0)) / (rows - 1) ** 2

    # Wasserstein: SciPy for two groups, POT's quantile functions for the barycentre of several.
    if len(names) == 2:
        out["wasserstein"] = np.mean(
            [wasserstein_distance(c[a == 0], c[a == 1], w[a == 0], w[a == 1]) for c in s.T]
        )
    else:
        distances = []
        for column in s.T:
            order = np.argsort(column)
            steps = np.sort(np.concatenate([np.cumsum(q[order]) for q in inside]))
            widths = np.diff(np.concatenate([[0.0], steps]))
            middles = steps - widths / 2
            quantiles = []
            for j in names:
                mine = np.argsort(column[a == j])
                cumulative = np.cumsum(w[a == j][mine]) / w[a == j].sum()
                at = np.minimum(np.searchsorted(cumulative, middles), len(mine) - 1)
                quantiles.append(column[a == j][mine][at])
            barycentre = share @ np.array(quantiles)
            distances.append(
                sum(
                    share[j]
                    * ot.wasserstein_1d(
                        column[a == j], barycentre, w[a == j] / w[a == j].sum(), widths, p=1
                    )
                    for j in names
                )
            )
        out["wasserstein"] = np.mean(distances) / (1 - (share**2).sum())

    # Jensen-Shannon with SciPy, which takes the root.
    full = np.hstack([1 - s, s]) if binary else s
    out["jensen_shannon"] = sum(
        share[j] * jensenshannon(inside[j] @ full, p @ full) ** 2 for j in names
    )

    # Losses of the task.
    logits = np.hstack([np.zeros_like(z), z]) if binary else z
    loss = logsumexp(logits, axis=1) - logits[np.arange(rows), y]
    of_group = np.array([inside[j] @ loss for j in names])
    out["group_dro_first"] = of_group.mean()
    q = np.ones(len(names))
    for _ in range(3):
        q = q * np.exp(0.5 * of_group)
        q /= q.sum()
    out["group_dro_after_three"] = q @ of_group
    objective = lambda t: t + p @ np.maximum(loss - t, 0) / 0.1
    out["cvar"] = min(objective(t) for t in loss)
    assert minimize_scalar(objective, bounds=(0, loss.max()), method="bounded").fun > out["cvar"] - 1e-6
    step = 1e-5
    risk = lambda scale, j: inside[j] @ (
        logsumexp(scale * logits, axis=1) - scale * logits[np.arange(rows), y]
    )
    slopes = [(risk(1 + step, j) - risk(1 - step, j)) / (2 * step) for j in names]
    out["irm"] = np.mean(np.square(slopes))

    # Supervised contrastive, row by row, on the representation (tanh z, sigmoid z).
    h = np.hstack([np.tanh(z), expit(z)])
    h = h / np.sqrt((h**2).sum(1, keepdims=True) + 1e-12)
    cosine = h @ h.T / 0.1
    counted, charged = 0.0, 0.0
    for i in range(rows):
        others = np.arange(rows) != i
        positive = others & (y == y[i]) & (a != a[i])
        if positive.any():
            log = cosine[i, positive] - logsumexp(cosine[i, others])
            charged -= w[i] * np.average(log, weights=w[positive])
            counted += w[i]
    out["supervised_contrastive"] = charged / counted

    # Counterfactual pairing with the outputs z / 2 - 0.2.
    out["counterfactual_pairing"] = p @ np.abs(z - (z / 2 - 0.2)).mean(1)
    return {name: float(value) for name, value in out.items()}


batches = [
    batch(seed, rows, groups, classes, even)
    for seed, (rows, groups, classes, even) in enumerate(
        [(40, 2, 2, True), (33, 2, 2, False), (50, 3, 2, False), (45, 4, 2, True), (36, 3, 3, False), (30, 2, 4, True)]
    )
]
plain = lambda b: {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in b.items()}
print(json.dumps([plain(b) | {"values": values(b)} for b in batches], indent=1))
