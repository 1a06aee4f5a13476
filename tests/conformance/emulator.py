"""`qc emulator` as a program of its own, and signed calls to it."""

import json
import os
import subprocess
from base64 import b64encode
from hashlib import sha256
from time import time

import requests

# `cargo xtask conformance` sets it.
QC = os.environ["QC"]
SETTINGS = ("QUANTCONNECT_", "QC_API")


class Emulator:
    """A running emulator, with whom to ask it as: `base_url`, `user_id`, `api_token`, and the `project_id` that it begins with."""

    def __init__(self, *flags):
        bare = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
        command = [QC, "emulator", *flags]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=bare)
        line = self._process.stdout.readline()
        assert line, f"{command} did not start: is another at its port?"
        vars(self).update(json.loads(line))
        self.address = self.base_url.removesuffix("/api/v2")

    def stop(self):
        self._process.kill()
        self._process.wait()

    def environment(self):
        """The settings that tell `qc` where the emulator is, and as whom to ask it."""
        names = {"BASE_URL": self.base_url, "USER_ID": self.user_id, "API_TOKEN": self.api_token}
        return {f"QUANTCONNECT_{name}": value for name, value in names.items()}

    def signature(self):
        timestamp = str(int(time()))
        hashed = sha256(f"{self.api_token}:{timestamp}".encode()).hexdigest()
        basic = b64encode(f"{self.user_id}:{hashed}".encode()).decode("ascii")
        return {"Authorization": f"Basic {basic}", "Timestamp": timestamp}

    def answer(self, endpoint, **fields):
        """What one call is answered. As in the API's documentation the base URL ends in a slash, and one more follows."""
        url = f"{self.base_url}//{endpoint}"
        response = requests.post(url, headers=self.signature(), json=fields or None, timeout=30)
        assert response.status_code == 200, response.text
        return response.json()

    def call(self, endpoint, **fields):
        """What a call that is to succeed is answered."""
        answer = self.answer(endpoint, **fields)
        assert answer["success"], answer
        return answer

    def create_project(self, name):
        """The number of a new Python project, as text."""
        project = self.call("projects/create", name=name, language="Py")["projects"][0]
        assert project["name"] == name, "another name was taken"
        return str(project["projectId"])

    def project(self, number):
        return self.call("projects/read", projectId=number)["projects"][0]

    def files(self, project):
        files = self.call("files/read", projectId=project)["files"]
        return {file["name"]: file["content"] for file in files}

    def applied(self):
        """The endpoint of every change that took effect."""
        told = requests.get(f"{self.address}/_emulator/requests", timeout=30).json()["applied"]
        return [one["endpoint"] for one in told]

    def fault(self, *rules):
        """Replaces what is to go wrong."""
        body = {"rules": rules, "replace": True}
        requests.post(f"{self.address}/_emulator/faults", json=body, timeout=30).raise_for_status()

    def requests(self):
        """Every request so far, such as `GET files/read 200`."""
        told = requests.get(f"{self.address}/_emulator/requests", timeout=30).json()["requests"]
        return [f"{one['method']} {one['path']} {one['status']}" for one in told]
