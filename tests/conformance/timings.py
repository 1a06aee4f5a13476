"""How long the official tool and its library take, for who compares: `timings.py ROUNDS MILLISECONDS` prints JSON.

Each request of the tool is answered after so many milliseconds, those of the library at once.
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from emulator import Emulator
from sandbox import PORT, Sandbox, write

UPDATES = 100
# 2 KB, as a file of an algorithm is long.
CONTENT = '        self.rsi = self.RSI("SPY", 14, Resolution.DAILY)  # 14 days\n' * 30


def seconds(work):
    began = perf_counter()
    work()
    return perf_counter() - began


def commands(sandbox, rounds):
    """A push of one edit in 20 files, and a pull of a project that is up to date."""
    project = sandbox.emulator.create_project("Timed")
    lean = sandbox.workspace("timed")
    all_commands = {
        "push": ("cloud", "push", "--project", "Timed"),
        "pull": ("cloud", "pull", "--project", project),
    }
    sandbox.prepare(lean, *all_commands["pull"])
    for number in range(20):
        write(lean / "Timed", f"f{number}.py", "PERIOD = 0\n" * 40)
    sandbox.prepare(lean, *all_commands["push"])
    timed = {name: {"seconds": []} for name in all_commands}
    for round in range(rounds):
        write(lean / "Timed", "f0.py", f"PERIOD = {round}\n" * 40)
        for name, command in all_commands.items():
            sandbox.asked()
            timed[name]["seconds"].append(seconds(lambda: sandbox.prepare(lean, *command)))
            timed[name]["requests"] = len(sandbox.asked())
    return timed


def updates(emulator, rounds):
    """Seconds for one update by `requests`, each on a connection of its own as the official tool makes it."""
    project = emulator.create_project("Updated")

    def update():
        for _ in range(UPDATES):
            emulator.call("files/update", projectId=project, name="main.py", content=CONTENT)

    return [seconds(update) / UPDATES for _ in range(rounds)]


def main(rounds, latency):
    slow, fast = Emulator(*PORT, "--fault", f"latency={latency}ms*always"), Emulator()
    # What the commands say is for a person.
    out, sys.stdout = sys.stdout, sys.stderr
    try:
        with TemporaryDirectory() as place:
            timed = commands(Sandbox(slow, Path(place)), rounds)
        timed["update"] = updates(fast, rounds)
    finally:
        slow.stop()
        fast.stop()
    print(json.dumps(timed), file=out)


main(int(sys.argv[1]), int(sys.argv[2]))
