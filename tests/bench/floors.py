"""The quality floors: runs the score scripts on the real data and fails where a figure falls below its floor.

    python tests/bench/floors.py

The floors are set to what was reached, a little less than the figure where it depends on a seed. A floor only rises.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("REPORTWATCH_SHARED", ROOT.parent / "shared"))
COMMAND = [str(Path(sys.executable).with_name("reportwatch"))]

# (row, column) of the printed tables: (floor, sign).
READING = {
    ("real>=1500", "F1"): (0.99, "≥"),
    ("real>=1500", "lines"): (0.974, "≥"),
    ("real>=1500", "lost"): (0.023, "≤"),
    ("C", "F1"): (0.999, "≥"),
    ("C", "heads"): (0.999, "≥"),
    ("C", "leak"): (0.001, "≤"),
    ("C", "lost"): (0.002, "≤"),
    ("A", "F1"): (0.955, "≥"),
    ("A", "lines"): (0.92, "≥"),
    ("A", "lost"): (0.052, "≤"),
    ("A", "right"): (23, "≥"),
    ("A", "wrong"): (0, "≤"),
    ("D", "right"): (13, "≥"),
}
GROUPING = {
    ("precision", ""): (1.0, "≥"),
    **{("recall", kind): (1.0, "≥") for kind in ("whole", "cut", "masked", "fifth")},
    **{("recall", kind): (0.99, "≥") for kind in ("damaged", "tail", "shuffled", "dropped")},
}
# As reached with the weights that are shipped, which were fitted on these four pairs and, at a quarter of the weight,
# on the seven of tests/bench/labels. Fitted on the four alone they read .815, .917, .950 here, and .796, .895, .900 on
# a pair left out: what fitted only these four gave way to what holds for others, which is what LEFT_OUT measures.
COMPARED = {
    "mean": {
        "flag-F1": 0.811,
        "AUC": 0.914,
        "P@20": 0.937,
        "noise": 0.071,
        "link": 0.953,
        "revised": 0.788,
        "pairs": 0.828,
    },
    "beijing-2026": {
        "flag-F1": 0.833,
        "AUC": 0.923,
        "P@20": 0.9,
        "noise": 0.0,
        "link": 0.991,
        "revised": 0.8,
        "pairs": 0.889,
    },
    "hailar-2013": {
        "flag-F1": 0.821,
        "AUC": 0.919,
        "P@20": 0.95,
        "noise": 0.171,
        "link": 0.892,
        "revised": 0.737,
        "pairs": 0.7,
    },
    "hailar-2015": {
        "flag-F1": 0.724,
        "AUC": 0.894,
        "P@20": 0.9,
        "noise": 0.078,
        "link": 0.972,
        "revised": 0.783,
        "pairs": 0.889,
    },
    "shaanxi-2026": {
        "flag-F1": 0.865,
        "AUC": 0.922,
        "P@20": 1.0,
        "noise": 0.036,
        "link": 0.958,
        "revised": 0.833,
        "pairs": 0.833,
    },
}
SLACK = 0.05  # that a single pair may lose
# The mean of the four, each answered with weights that never saw it (`train_novelty.py judge`).
LEFT_OUT = {
    "left-out": {
        "flag-F1": 0.798,
        "AUC": 0.903,
        "P@20": 0.925,
        "noise": 0.088,
        "link": 0.935,
        "revised": 0.788,
        "pairs": 0.828,
    }
}


def floors_of(reached: dict[str, dict[str, float]]) -> dict[tuple[str, str], tuple[float, str]]:
    """A floor for each figure: means as they are, those of a pair SLACK worse."""
    found = {}
    for row, figures in reached.items():
        slack = 0.0 if row in ("mean", "left-out") else SLACK
        for column, figure in figures.items():
            sign = "≤" if column == "noise" else "≥"
            found[row, column] = (round(figure + slack if sign == "≤" else figure - slack, 3), sign)
    return found


COMPARING = floors_of(COMPARED) | floors_of(LEFT_OUT)
Figures = dict[tuple[str, str], float]


def run(script: str, *command: str, options: tuple[str, ...] = ()) -> str:
    """What a score script prints."""
    return printed(str(SHARED / script), *options, "--", *COMMAND, *command)


def printed(script: str, *arguments: str) -> str:
    """What a Python script prints; shown, too."""
    call = [sys.executable, script, *arguments]
    done = subprocess.run(call, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False)
    print(done.stdout)
    if done.returncode:
        sys.exit(f"{script} ended with exit status {done.returncode}")
    return done.stdout


def table(text: str) -> Figures:
    """The figures of a printed table, by row and column; dates as `right` and `wrong`."""
    rows = [
        line.replace("flag F1", "flag-F1").replace("left out, mean", "left-out").split() for line in text.splitlines()
    ]
    start = next(n for n, row in enumerate(rows) if row and row[0] in ("set", "pair"))
    names = [name for name in rows[start][1:] if not name.startswith(("date", "right/"))]
    found: Figures = {}
    for row in rows[start + 1 :]:
        found |= {(row[0], name): float(value) for name, value in zip(names, row[1:], strict=False)}
        if "/" in row[-1]:
            found[row[0], "right"], found[row[0], "wrong"] = map(float, row[-1].split("/")[:2])
    return found


def grouped(text: str) -> Figures:
    """Precision, and recall by kind of copy."""
    found = re.finditer(r"^(precision|recall) +([a-z]*) *([\d.]+) ", text, re.MULTILINE)
    return {(match[1], match[2] if match[1] == "recall" else ""): float(match[3]) for match in found}


def broken(name: str, figures: Figures, floors: dict[tuple[str, str], tuple[float, str]]) -> int:
    """How many figures are worse than their floors; each is printed."""
    count = 0
    for key, (floor, sign) in floors.items():
        worse = figures[key] > floor if sign == "≤" else figures[key] < floor
        print(f"{'FAIL' if worse else 'ok':5}{name} {' '.join(key)}: {figures[key]} (floor {sign} {floor})")
        count += worse
    return count


def main() -> int:
    """All floors; exit status 1 where one is broken."""
    if not (SHARED / "corpus").is_dir():
        sys.exit(f"no real data at {SHARED}; set REPORTWATCH_SHARED")
    faults = broken("reading", table(run("pages/score.py", "read", "--json")), READING)
    for seed in ("1", "7", "11"):
        told = run("corpus/score_groups.py", "group", "--json", options=("--seed", seed))
        faults += broken(f"grouping (seed {seed})", grouped(told), GROUPING)
    compared = table(run("gold/score.py", "compare", "--json"))
    left_out = table(printed(str(ROOT / "tests/bench/train_novelty.py"), "judge"))
    compared |= {key: figure for key, figure in left_out.items() if key[0] in LEFT_OUT}
    faults += broken("comparing", compared, COMPARING)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
