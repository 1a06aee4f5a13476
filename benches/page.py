"""Writes docs/benchmarks.md: `page.py TARGET PAGE`, from what criterion, gungraun and hyperfine left in the target folder."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from statistics import median

TARGET = Path(sys.argv[1])
CALLS = 100  # in one benchmark of counts.rs
AGAIN = "{}, again: the control"
NAMES = {
    "floor": "floor",
    "facade": "facade",
    "blocking": "facade, `blocking`",
    "ureq": "ureq",
    "reqwest": "reqwest",
    "python": "Python's `requests`, a connection each as the official tool has it",
    "floor-again": AGAIN.format("floor"),
    "bytes": "the signature",
    "header": "the signature and its headers",
    "bytes-again": AGAIN.format("the signature"),
    "plain": "serde_json into plain structs",
    "tolerant": "this client, which reads odd forms too",
    "plain-again": AGAIN.format("serde_json"),
}

CHARTS = {  # `cargo xtask docs --write` draws them from the tables
    "A signed update of 2 KB, one after another, keep-alive: counted for each call": "calls",
    "A folder and a project, 60 ms a request at the service": "commands",
    "A workspace of 40 projects, 60 ms a request at the service": "workspace",
}


def table(title, head, rows):
    chart = f"\n![{title}: a bar for each row](benchmarks/{CHARTS[title]}.svg)\n" if title in CHARTS else ""
    lines = [f"\n## {title}\n", "| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n" + chart


def short(number):
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def count(benchmark, tool, metric):
    """What gungraun has counted, for each call."""
    place = TARGET / "gungraun/qc-benches/counts/counts" / benchmark
    profiles = json.loads((place / "summary.json").read_text())["profiles"]
    [metrics] = [one["data"]["total"]["metrics"] for one in profiles if one["tool"] == tool]
    return metrics[metric]["values"]["new"] / CALLS


def counts(title):
    rows, floor = [], count("update.floor", "Callgrind", "Ir")
    for name in ["floor", "facade", "blocking", "ureq", "reqwest", "floor-again"]:
        benchmark = f"update.{name.replace('-', '_')}"
        instructions = count(benchmark, "Callgrind", "Ir")
        blocks, size = [count(benchmark, "DHAT", metric) for metric in ("TotalBlocks", "TotalBytes")]
        row = [f"{instructions / 1e3:.1f}k", f"{instructions / floor:.2f}", f"{blocks:.1f}", f"{size / 1e3:.1f}"]
        rows.append([NAMES[name], *row])
    return table(title, ["client", "instructions", "x floor", "allocations", "KB allocated"], rows)


def clock(title, group, names, unit, scale, rate=None):
    """Medians of criterion, in nanoseconds, beside the first."""
    rows, first = [], None
    for name in names:
        place = TARGET / "criterion" / group / name / "new"
        if not place.exists():
            rows.append([NAMES[name], "not measured: no Python", ""])
            continue
        found = json.loads((place / "estimates.json").read_text())["median"]
        value, between = found["point_estimate"], found["confidence_interval"]
        first = first or value
        low, high = between["lower_bound"] / scale, between["upper_bound"] / scale
        row = [NAMES[name], f"{short(value / scale)} [{short(low)}..{short(high)}]", f"{value / first:.2f}"]
        if rate:
            [amount] = json.loads((place / "benchmark.json").read_text())["throughput"].values()
            row.append(f"{amount / value * 1e9 / rate[1]:.0f}")
        rows.append(row)
    head = ["", unit, f"x {NAMES[names[0]].split(' into')[0]}"] + ([rate[0]] if rate else [])
    return table(title, head, rows)


def commands(told):
    rows, medians = [], {row["name"]: median(row["times"]) for row in told["rows"]}
    for row in told["rows"]:
        name, times, digits = row["name"], row["times"], 2 if medians[row["name"]] < 0.01 else 1
        low, middle, high = [f"{seconds * 1e3:.{digits}f}" for seconds in (min(times), medians[name], max(times))]
        # Without the number of requests: its own row says it.
        of = (row["beside"] or "").split(" (")[0]
        ratio = f"{medians[name] / medians[row['beside']]:.2f} x {of}" if of else ""
        rows.append([name, f"{middle} [{low}..{high}]", ratio, f"{median(row['memory']) / 1e6:.1f}"])
    return table(told["title"], ["command", "ms", "beside", "peak memory, MB"], rows)


def processor():
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(": ", 1)[1] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


whole = json.loads((TARGET / "bench/commands.json").read_text())
rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()
async_clients = ["floor", "facade", "reqwest", "floor-again"]
page = f"""# What it costs

Written by `cargo xtask bench`, in one run, on {os.cpu_count()} cores ({processor()}), {rustc}. Compare within a table, by the ratio: numbers
change from one machine to another, and with what else it does. What is measured first in a table is measured again: as far as the two
differ, the table says nothing.

Calls are measured by criterion (median, and where it lies with 95 % confidence) and counted by gungraun with valgrind, in cargo's usual
release profile, at an emulator on a thread of the same process; commands by hyperfine (median, least and most), in turns, with `qc` in the
profile `dist` as it is installed, at an emulator in a process of its own. `floor` is hyper-util's pooled client, which sends bytes that were
built and signed once. The counts do not depend on what else the machine does: `cargo xtask counts` holds this project's own to limits.
"""
page += counts("A signed update of 2 KB, one after another, keep-alive: counted for each call")
every = ["floor", "facade", "blocking", "ureq", "reqwest", "python", "floor-again"]
page += clock("The same on the clock", "update", every, "µs a call", 1e3)
speed = ("calls a second", 1)
page += clock("320 of these updates, 16 in flight, one thread", "in-flight", async_clients, "ms", 1e6, speed)
title = "320 of these updates, 16 in flight, 20 ms each at the service"
page += clock(title, "in-flight-20ms", async_clients, "ms", 1e6, speed)
page += "\nNo client can take less than 400 ms, which are 20 times 20, or make more than 800 calls a second.\n"
page += clock("A signature", "signature", ["bytes", "header", "bytes-again"], "ns", 1)
page += f"\nOne takes {count('signature.each', 'Callgrind', 'Ir'):.0f} instructions and no memory from the heap. The headers are kept for as long as their second lasts.\n"
page += clock("Decoding `files/read` of 11 MB", "decode", ["plain", "tolerant", "plain-again"], "ms", 1e6, ("MB a second", 1e6))
page += "".join(commands(told) for told in whole["tables"])
page += f"""
The program `qc` has {whole['qc'] / 1e6:.2f} MB.

## Requests

These do not depend on the machine, and are held by tests (`crates/qc-cli/tests/cli/cost.rs`, `crates/qc-sync/src/tests/push/cost.rs`). A look at
what has changed costs two requests, sent together, for files and settings, and so does a pull. One edit costs 2 requests and so do thirty,
200 new files in a fresh project 3, a clone 2, whatever its size, and each save under `qc watch` one. [sync.md](sync.md#what-each-command-costs) has all of them.
"""
Path(sys.argv[2]).write_text(page)
