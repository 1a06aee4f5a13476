"""Where the official command line tool runs: a home and folders of its own, and no way to any other host."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

from emulator import QC

PROGRAMS = Path(sys.executable).parent
# The one port where the tool looks for a service on this machine.
PORT = ("--port", "5612")
# Longer than any command takes; one that asks a question would wait for ever.
LIMIT = 60
ORGANIZATION = "0123456789abcdef0123456789abcdef"
# What the tool writes about itself. It looks for news after these times, and fetches market data never: "-" is no time.
HOME = {
    "cache": {"last-update-check-cli": 4102444800, "last-update-check-announcements": 4102444800},
    "config": {"database-update-frequency": "-"},
}
IN_STEP = {".py", ".cs", ".ipynb", ".html", ".css"}
TOLD = ("action", "key", "from", "to", "name", "here", "cloud")


class ClosedProxy(ThreadingTCPServer):
    """A proxy that refuses every request, and keeps in `asked` what it was asked for."""

    daemon_threads = True

    class Refusal(StreamRequestHandler):
        timeout = 5

        def handle(self):
            what = self.rfile.readline().decode().split(" HTTP/")[0]
            self.server.asked.append(what or "a connection without a request")
            # A close with lines unread may take the answer with it.
            while self.rfile.readline().strip():
                pass
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Refusal)
        self.asked = []
        Thread(target=self.serve_forever, daemon=True).start()


class Sandbox:
    def __init__(self, emulator, place):
        self.emulator, self.place, self.proxy = emulator, place, ClosedProxy()
        self.home = place / "home"
        self.credentials = self.home / ".lean" / "credentials"
        for name, content in HOME.items():
            write(self.home / ".lean", name, json.dumps(content))
        write(self.home, ".lean/credentials", json.dumps({"user-id": emulator.user_id, "api-token": emulator.api_token}))
        self.credentials.chmod(0o600)
        # The tool fetches this list if there is none in its folder, or an old one. Importing the tool here would do that, too.
        write(Path(find_spec("lean").origin).parent, "modules-1.14.json", '{"modules": []}\n')
        self.began = self.known = len(emulator.requests())

    def close(self):
        self.proxy.shutdown()
        self.proxy.server_close()

    def asked(self):
        """What the emulator was asked since the last time."""
        everything = self.emulator.requests()
        new, self.known = everything[self.known :], len(everything)
        return new

    def refused(self):
        """Every request since the sandbox was made whose answer was not HTTP 200."""
        return [request for request in self.emulator.requests()[self.began :] if not request.endswith(" 200")]

    def workspace(self, name):
        """A folder as `lean init` leaves it, as far as the cloud's commands read it."""
        write(self.place / name, "lean.json", json.dumps({"organization-id": ORGANIZATION, "data-folder": "data"}))
        return self.place / name

    def lean(self, folder, *arguments):
        """The lines that the official tool said, and how it ended."""
        out, end = self.run(folder, PROGRAMS / "lean", *arguments)
        return [*out.splitlines(), end]

    def prepare(self, folder, *arguments):
        """Runs the official tool for what it leaves. It ends with 0 where a pull or a push failed."""
        said = self.lean(folder, *arguments)
        assert said[-1] == "exit 0" and not any(line.startswith("Cannot ") for line in said), said

    def qc(self, folder, *arguments):
        """What `qc` said to programs, shortened to what docs/json.md promises, such as `pull: update main.py`, and how it ended."""
        out, end = self.run(folder, QC, "--json", *arguments)
        lines = []
        # Where it worked, which every report says.
        place = {"offline", "service", "source", "url"} | ({"projectId"} if "clone" not in arguments else set())
        report = json.loads(out)
        settings = report.pop("settings", {}).items()
        for field, value in [*sorted(report.items()), *((f"settings.{field}", value) for field, value in settings)]:
            if field in place:
                continue
            for item in value if isinstance(value, list) else [value]:
                told = " ".join(str(item[name]) for name in TOLD if name in item) if isinstance(item, dict) else item
                lines.append(f"{field}: {told}")
        return [*lines, end]

    def run(self, folder, program, *arguments):
        """Runs a program with nothing of whoever started the tests: no home, no other programs, no way out."""
        environment = {
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "PATH": str(PROGRAMS),
            "QC_API": "local",
            "NO_PROXY": "localhost,127.0.0.1",
            # Plain words, in lines that are not broken.
            "COLUMNS": "250",
            "NO_COLOR": "1",
            "PYTHONUTF8": "1",
        }
        environment |= {name: f"http://127.0.0.1:{self.proxy.server_address[1]}" for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")}
        environment |= {name.lower(): value for name, value in environment.items() if name.endswith("_PROXY")}
        # Nothing starts on Windows without it.
        environment |= {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
        command = [str(program), *arguments]
        # Pytest shows what is printed where a test fails.
        print("$", *command)
        ran = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=LIMIT
        )
        print(ran.stdout, ran.stderr, f"exit {ran.returncode}", sep="\n")
        return ran.stdout if "--json" in arguments else ran.stdout + ran.stderr, f"exit {ran.returncode}"


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode())


def local(folder):
    """Names and contents of a folder's files that are in step with a project."""
    names = (path.relative_to(folder) for path in folder.rglob("*") if path.suffix in IN_STEP and path.is_file())
    return {
        name.as_posix(): (folder / name).read_bytes().decode()
        for name in sorted(names)
        if not any(part.startswith(".") for part in name.parts)
    }


def config(folder):
    return (folder / "config.json").read_text(encoding="utf-8")
