"""Times `genrectl train` against train_torch.py on the same files and cores: train_ratio.py BUILD.

GENRED_DATA names the folder with tracks.csv and tag-families.csv; GENRED_ROUNDS (3) is how often each
trains, in turn and with a new seed. A time is the seconds from the first batch until an epoch ends
with that macro AUC on the validation artists (all inputs but tags), of the best round, since others
may use the machine too; `whole` is from the start of the process, with reading the files. Fails when
ours takes more than a third of PyTorch's.
"""

import os
import re
import subprocess
import sys
import tempfile
import time

LEVELS = (0.80, 0.83, 0.85)
AT_MOST = 1 / 3
LINE = re.compile(r"epoch \d+ of \d+: .*?macro AUC ([\d.]+), .*?([\d.]+) s$")


def run(command, environment):
    """{level: (seconds of training, seconds in all)}; stopped when the highest level is reached."""
    started = time.monotonic()
    reached, told = {}, []
    process = subprocess.Popen(command, env=environment, text=True, stderr=subprocess.PIPE,
                               stdout=subprocess.DEVNULL)
    try:
        for line in process.stderr:
            told.append(line)
            found = LINE.search(line.strip())
            for level in LEVELS if found else ():
                if float(found.group(1)) >= level and level not in reached:
                    reached[level] = float(found.group(2)), time.monotonic() - started
            if len(reached) == len(LEVELS):
                break
        else:
            if process.wait() != 0:
                sys.exit(f"{command[0]} failed:\n{''.join(told[-5:])}")
    finally:
        process.terminate()
        process.wait()
        process.stderr.close()
    return reached


def best(runs, level, which):
    """The best; a run that never got there took for ever."""
    return min(r[level][which] if level in r else float("inf") for r in runs)


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
    print("macro AUC   genrectl   PyTorch   ratio      whole:   genrectl   PyTorch   ratio")
    worst = 0.0
    for level in LEVELS:
        columns = [(best(ours, level, which), best(theirs, level, which)) for which in (0, 1)]
        (mine, other), (mine_whole, other_whole) = columns
        if mine == other == float("inf"):
            print(f"{level:9.2f}   neither got there")
            continue
        print(f"{level:9.2f} {mine:8.2f} s {other:7.2f} s {mine / other:7.3f} "
              f"{mine_whole:17.2f} s {other_whole:7.2f} s {mine_whole / other_whole:7.3f}")
        worst = max(worst, mine / other)
    print(f"at most {AT_MOST:.3f}: {'held' if worst <= AT_MOST else 'not held'}")
    return 0 if worst <= AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
