"""Times whole commands with hyperfine: `commands.py QC PLACE [LEAN]`.

QC is the command, PLACE a folder for what it works in, LEAN the official command line tool. It writes PLACE/commands.json: tables
with the seconds and the peak memory of every run.
"""

import atexit
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

QC, PLACE = sys.argv[1], Path(sys.argv[2]).resolve()
LINE = '        self.rsi = self.RSI("SPY", 14, Resolution.DAILY)  # 14 days\n'
# Nothing of whoever starts this: no credentials, no proxy.
CLEAN = {"PATH": os.environ["PATH"], "HOME": str(PLACE)}
# Each takes a part of the runs.
TURNS = 5
SLOW = ("--fault", "latency=60ms*always")
TOKEN = "0123456789abcdef0123456789abcdef"
PROJECTS = 40
tables = []


def serve(*arguments, **settings):
    """Starts an emulator and returns the settings of its clients."""
    command = [QC, "emulator", *arguments]
    emulator = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=CLEAN | settings)
    atexit.register(emulator.kill)
    ready = json.loads(emulator.stdout.readline())
    names = ["base_url", "user_id", "api_token", "project_id"]
    return CLEAN | {f"QUANTCONNECT_{name.upper()}": str(ready[name]) for name in names}


def write(folder, files, size):
    folder.mkdir(exist_ok=True)
    for number in range(files):
        (folder / f"f{number}.py").write_text((LINE * (size // len(LINE) + 1))[:size])


def run(env, folder, *command):
    subprocess.run(command, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL)


def cloned(service, name, files, size=800):
    """Clones the service's project and pushes so many files to it."""
    folder = PLACE / name
    run(service, PLACE, QC, "clone", "--quiet", service["QUANTCONNECT_PROJECT_ID"], name)
    write(folder, files, size)
    run(service, folder, QC, "push", "--quiet")
    return folder


def table(title, runs):
    tables.append({"title": title, "runs": runs, "rows": []})


def row(name, command, env=CLEAN, folder=PLACE, beside=None, prepare=None):
    """A command, told beside the row that is named so."""
    how = {"command": command, "env": env, "folder": folder, "prepare": prepare}
    tables[-1]["rows"].append({"name": name, "beside": beside, "times": [], "memory": [], "how": how})


def measure(runs, row):
    """Adds so many runs of the row's command to it."""
    how, said = row["how"], PLACE / "hyperfine.json"
    options = ["--shell=none", "--warmup=1", f"--runs={runs}", "--style=none", "--export-json", str(said)]
    options += ["--prepare", how["prepare"]] if how["prepare"] else []
    subprocess.run(["hyperfine", *options, how["command"]], cwd=how["folder"], env=how["env"], check=True)
    [result] = json.loads(said.read_text())["results"]
    row["times"] += result["times"]
    row["memory"] += result["memory_usage_byte"]


def start(many, in_many):
    table("How long until a command has begun", 40)
    row("`true`", "true")
    row("`qc --version`", f"{QC} --version", beside="`true`")
    row("`qc whoami`", f"{QC} whoami", many, beside="`qc --version`")
    row("`qc status`, nothing to do, 250 files", f"{QC} status", many, in_many, "`qc whoami`")
    row("`qc --version`, again", f"{QC} --version", beside="`qc --version`")


def sync(one, in_one, thirty, in_thirty, lean):
    table("A folder and a project, 60 ms a request at the service", 10)
    whoami, pull, push = "`qc whoami` (1 request)", "`qc pull`, up to date (2 requests, together)", "`qc push`, 1 edit in 20 files (2 requests)"
    row(whoami, f"{QC} whoami", one)
    row(pull, f"{QC} pull", one, in_one, whoami)
    edit = "sh -c 'date +%N >> f0.py'"
    row(push, f"{QC} push", one, in_one, whoami, edit)
    edits = "sh -c 'for file in f*.py; do date +%N >> $file; done'"
    row("`qc push`, 30 edits (2 requests)", f"{QC} push", thirty, in_thirty, push, edits)
    row("`qc whoami`, again", f"{QC} whoami", one, beside=whoami)
    if lean:
        env, folder = official(lean, "42", "lean")
        [config] = folder.glob("*/config.json")
        project = config.parent.name
        write(config.parent, 20, 800)
        run(env, folder, lean, "cloud", "push", "--project", project)
        row("`lean cloud pull`, up to date (2 requests)", f"{lean} cloud pull --project {project}", env, folder, pull)
        edit = f"sh -c 'date +%N >> {project}/f0.py'"
        row("`lean cloud push`, 1 edit in 20 files (2 requests)", f"{lean} cloud push --project {project}", env, folder, push, edit)


def official(lean, user, name):
    """Sets the official tool up for a user so that it finds the emulator, and looks for news nowhere. Returns its settings and folder."""
    home, folder = PLACE / f"{name}-home", PLACE / name
    (home / ".lean").mkdir(parents=True)
    never = 4102444800
    (home / ".lean/cache").write_text(json.dumps({"last-update-check-cli": never, "last-update-check-announcements": never}))
    (home / ".lean/config").write_text(json.dumps({"database-update-frequency": "-"}))
    folder.mkdir()
    (folder / "lean.json").write_text(json.dumps({"organization-id": "0" * 32, "data-folder": "data"}))
    [package] = Path(lean).parent.parent.glob("lib/python*/site-packages/lean")
    (package / "modules-1.14.json").write_text('{"modules": []}\n')
    nowhere = {name: "http://127.0.0.1:9" for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")}
    here = {name: "localhost,127.0.0.1" for name in ("NO_PROXY", "no_proxy")}
    env = CLEAN | {"HOME": str(home), "QC_API": "local", "NO_COLOR": "1"} | nowhere | here
    run(env, folder, lean, "login", "--user-id", user, "--api-token", TOKEN)
    run(env, folder, lean, "cloud", "pull")
    return env, folder


def serve_official():
    """Starts an emulator at the one port that `QC_API=local` knows. Its second user has 40 projects."""
    users = PLACE / "users.json"
    projects = [f"P{number}" for number in range(PROJECTS)]
    users.write_text(json.dumps([{"user-id": "43", "api-token": TOKEN, "projects": projects}]))
    key = {"QUANTCONNECT_USER_ID": "42", "QUANTCONNECT_API_TOKEN": TOKEN}
    serve("--port", "5612", *SLOW, "--users", str(users), **key)


def workspace(service, lean):
    """A workspace of 40 projects."""
    table("A workspace of 40 projects, 60 ms a request at the service", 5)
    folder = PLACE / "workspace"
    folder.mkdir()
    (folder / "lean.json").write_text("{}")
    for number in range(PROJECTS):
        run(service, folder, QC, "new", "--quiet", f"P{number}")
    pull = "`qc pull --all`, up to date (41 requests)"
    row(pull, f"{QC} pull --all", service, folder)
    row("`qc status --all`, nothing to do (41 requests)", f"{QC} status --all", service, folder, pull)
    row("`qc push --all`, nothing to do (41 requests)", f"{QC} push --all", service, folder, pull)
    one_by_one = "sh -c 'for project in P*; do (cd $project && " + QC + " pull); done'"
    row("`qc pull` in each, one after the other (80 requests)", one_by_one, service, folder, pull)
    if lean:
        env, folder = official(lean, "43", "lean-workspace")
        row("`lean cloud pull`, up to date", f"{lean} cloud pull", env, folder, pull)
        row("`lean cloud push`, nothing to do", f"{lean} cloud push", env, folder, pull)


def clones(small, large, in_large):
    table("A clone, a copy, and the largest project", 10)
    write(PLACE / "files", 250, 2048)
    copy, clone = "`cp -r`, then `sync -f`, 250 files of 2 KB", "`qc clone` of the same (2 requests)"
    fresh = {"prepare": "rm -rf fresh"}
    row(copy, "sh -c 'cp -r files fresh && sync -f fresh'", **fresh)
    row(clone, f"{QC} clone {small['QUANTCONNECT_PROJECT_ID']} fresh", small, beside=copy, **fresh)
    row("the copy, again", "sh -c 'cp -r files fresh && sync -f fresh'", beside=copy, **fresh)
    largest = "`qc clone` of 250 files of 256 KB, 64 MB"
    row(largest, f"{QC} clone {large['QUANTCONNECT_PROJECT_ID']} fresh", large, beside=clone, **fresh)
    row("`qc pull` there, up to date", f"{QC} pull", large, in_large, largest)
    row("`qc status` there, nothing to do", f"{QC} status", large, in_large, largest)


def agents(quick, python):
    """A hundred calls of a tool, beside what the official server does for each."""
    table("A hundred edits of a file by an agent, 20 ms a request at the service", 5)
    script = Path(__file__).resolve().with_name("agent.py")
    loop, tools = "a loop of Python's `requests`, a connection each", "`qc mcp`, a hundred tool calls"
    row(loop, f"{python} {script} requests", quick)
    row(tools, f"{python} {script} mcp {QC}", quick, beside=loop)
    row("the loop, again", f"{python} {script} requests", quick, beside=loop)


shutil.rmtree(PLACE, ignore_errors=True)
PLACE.mkdir(parents=True)
many, large, one, thirty, forty = serve(), serve(), serve(*SLOW), serve(*SLOW), serve(*SLOW)
in_many, in_large = cloned(many, "many", 250, 2048), cloned(large, "large", 250, 256 << 10)
in_one, in_thirty = cloned(one, "one", 20), cloned(thirty, "thirty", 30)
start(many, in_many)
lean = sys.argv[3] if len(sys.argv) > 3 else None
if lean:
    serve_official()
sync(one, in_one, thirty, in_thirty, lean)
workspace(forty, lean)
clones(many, large, in_large)
if lean:
    agents(serve("--fault", "latency=20ms*always"), Path(lean).with_name("python"))
for current in tables:
    print(current["title"])
    # In turns, so that what else the machine does meets all of them alike.
    for _ in range(TURNS):
        for each in current["rows"]:
            measure(current["runs"] // TURNS, each)
    for each in current["rows"]:
        del each["how"]
(PLACE / "commands.json").write_text(json.dumps({"tables": tables, "qc": os.path.getsize(QC)}))
