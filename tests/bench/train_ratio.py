"""Times `genrectl train` against train_torch.py on the same files and cores: train_ratio.py BUILD.

GENRED_DATA names the folder with tracks.csv and tag-families.csv; GENRED_ROUNDS (3) is how often each
trains, in turn and with a new seed. One seed reaches a score an epoch or three before another, and
others may use the machine. So a score is reached with the first epoch whose macro AUC on the
validation artists (all inputs but tags) does so in the mean of the rounds, and the time is that of
the round that was there first: from the first batch, and as `whole` from the start of the process, with reading
the files. Ours learns the sub-genres in the same time, ten times as many outputs. Fails when ours takes
more than a third of PyTorch's from start to score.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

LEVELS = (0.80, 0.83, 0.85)
EPOCHS = 12  # of the 30 that the recipe has
AT_MOST = 1 / 3
LINE = re.compile(r"epoch \d+ of \d+: .*?macro AUC ([\d.]+), .*?([\d.]+) s$")


def run(command, environment):
    """[(macro AUC, seconds of training, seconds in all)] of the first EPOCHS epochs."""
    started = time.monotonic()
    epochs, told = [], []
    process = subprocess.Popen(command, env=environment, text=True, stderr=subprocess.PIPE,
                               stdout=subprocess.DEVNULL)
    try:
        for line in process.stderr:
            told.append(line)
            found = LINE.search(line.strip())
            if found:
                epochs.append((float(found.group(1)), float(found.group(2)), time.monotonic() - started))
            if len(epochs) == EPOCHS:
                return epochs
    finally:
        process.terminate()
        process.wait()
        process.stderr.close()
    sys.exit(f"{command[0]} failed:\n{''.join(told[-5:])}")


def reach(runs, level):
    """The epoch that reached it, and the best round's two times; for ever where none did."""
    for epoch, rounds in enumerate(zip(*runs), 1):
        if statistics.mean(auc for auc, _, _ in rounds) >= level:
            return epoch, min(seconds for _, seconds, _ in rounds), min(whole for _, _, whole in rounds)
    return 0, float("inf"), float("inf")


def main():
    build, data = sys.argv[1], os.environ.get("GENRED_DATA")
    if not data:
        print("bench-train: skipped, GENRED_DATA does not name the folder with tracks.csv and "
              "tag-families.csv")
        return 0
    if subprocess.run(["/usr/bin/python3", "-c", "import torch, numpy"], capture_output=True).returncode != 0:
        print("bench-train: skipped, install python3-torch and python3-numpy first")
        return 0
    files = [os.path.join(data, name) for name in ("tracks.csv", "tag-families.csv")]
    torch = ["/usr/bin/python3", "tests/bench/train_torch.py", *files]
    # PyTorch's threads and OpenBLAS's are two sets: the ones that wait must not take the cores from
    # the others by spinning. That more than halves PyTorch's time.
    environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as work:
        train = [f"{build}/genrectl", "train", "--data", files[0], "--families", files[1],
                 "--out", os.path.join(work, "made.model")]
        for seed in range(1, int(os.environ.get("GENRED_ROUNDS", "3")) + 1):
            ours.append(run([*train, "--seed", str(seed)], environment))
            theirs.append(run([*torch, "--seed", str(seed)], environment))
    print("            ---- genrectl ----   ---- PyTorch -----            ------- whole --------")
    print("macro AUC   epochs     seconds   epochs     seconds   ratio    genrectl  PyTorch  ratio")
    worst = 0.0
    for level in LEVELS:
        (epoch, mine, mine_whole), (other_epoch, other, other_whole) = reach(ours, level), reach(theirs, level)
        if not epoch and not other_epoch:
            print(f"{level:9.2f}   neither got there in {EPOCHS} epochs")
            continue
        print(f"{level:9.2f} {epoch:8} {mine:11.2f} {other_epoch:8} {other:11.2f} {mine / other:7.3f} "
              f"{mine_whole:11.2f} {other_whole:8.2f} {mine_whole / other_whole:6.3f}")
        worst = max(worst, mine_whole / other_whole)
    print(f"whole, at most {AT_MOST:.3f}: {'held' if worst <= AT_MOST else 'not held'}")
    return 0 if worst <= AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
