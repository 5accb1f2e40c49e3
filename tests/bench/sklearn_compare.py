"""Our kNN and random forest beside scikit-learn's, on the same rows and features:

    sklearn_compare.py GENRECTL TRACKS.csv TAG-FAMILIES.csv [ROWS]

genrectl eval --compare --dump writes the rows; both are scored here with scikit-learn's metrics for its
models, and with genrectl's for ours. Fails when macro AUC or the share of right best guesses is more than
one point apart. Debian: python3-sklearn.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

import numpy
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

FAMILIES = 22
POINT = 0.01


def read(path):
    table = numpy.loadtxt(path, delimiter=",", skiprows=1, dtype=numpy.float64, ndmin=2)
    bits = table[:, -1].astype(numpy.int64)
    labels = (bits[:, None] >> numpy.arange(FAMILIES)) & 1
    return table[:, :-1].astype(numpy.float32), labels


def probabilities(model, x):
    """(n, FAMILIES); a family that training has on no row, or on all, has one class only."""
    columns = []
    for classes, probs in zip(model.classes_, model.predict_proba(x)):
        at = list(classes).index(1) if 1 in classes else None
        columns.append(numpy.zeros(len(x)) if at is None else probs[:, at])
    return numpy.stack(columns, axis=1)


def scores(probs, labels):
    areas = [roc_auc_score(labels[:, g], probs[:, g]) for g in range(FAMILIES)
             if 0 < labels[:, g].sum() < len(labels)]
    best = labels[numpy.arange(len(labels)), probs.argmax(axis=1)].mean()
    return {"macro_auc": float(numpy.mean(areas)), "best_right": float(best)}


def main():
    genrectl, tracks, families = sys.argv[1:4]
    rows = sys.argv[4] if len(sys.argv) > 4 else "20000"
    models = {
        "knn": lambda: KNeighborsClassifier(n_neighbors=50, algorithm="brute"),
        "forest": lambda: RandomForestClassifier(n_estimators=200, random_state=1, n_jobs=1),
    }
    apart = False
    with tempfile.TemporaryDirectory() as folder:
        out = subprocess.run([genrectl, "eval", "--compare", "--json", "--rows", rows, "--dump", folder,
                              "--data", tracks, "--families", families], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, check=False)
        if out.returncode not in (0, 3):  # 3: some rows of the file were bad
            sys.exit(f"genrectl ended with {out.returncode}")
        print(f"{'split':16} {'model':8} {'score':11} {'ours':>7} {'sklearn':>8} {'points':>7}")
        for split in json.loads(out.stdout)["splits"]:
            x, y = read(os.path.join(folder, split["split"] + "-train.csv"))
            test_x, test_y = read(os.path.join(folder, split["split"] + "-test.csv"))
            for name, make in models.items():
                start = time.monotonic()
                theirs = scores(probabilities(make().fit(x, y), test_x), test_y)
                took = time.monotonic() - start
                ours = next(s for s in split["scores"] if (s["model"], s["rows"], s["inputs"]) ==
                            (name, "all", "without_tags"))
                for score, value in theirs.items():
                    points = 100 * (ours[score] - value)
                    apart = apart or abs(points) > 100 * POINT
                    print(f"{split['split']:16} {name:8} {score:11} {ours[score]:7.4f} {value:8.4f} "
                          f"{points:+7.2f}")
                print(f"{'':16} {name:8} {len(x)} rows, scikit-learn took {took:.0f} s", flush=True)
    sys.exit(1 if apart else 0)


if __name__ == "__main__":
    main()
