"""A hundred edits of a file, one after another: `agent.py mcp QC` over `qc mcp`, `agent.py requests` by Python's `requests` as the
official server makes them, a connection each. The emulator is found by the variables of `qc`."""

import json
import os
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from time import time

EDITS = 100
PROJECT = int(os.environ["QUANTCONNECT_PROJECT_ID"])


def edits():
    for number in range(EDITS):
        yield {"projectId": PROJECT, "name": "main.py", "content": f"PERIOD = {number}\n"}


def mcp(qc):
    server = subprocess.Popen([qc, "mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def send(message):
        server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        server.stdin.flush()

    def ask(number, method, **params):
        send({"id": number, "method": method, "params": params})
        return json.loads(server.stdout.readline())

    client = {"name": "bench", "version": "1"}
    ask(0, "initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=client)
    send({"method": "notifications/initialized"})
    for number, edit in enumerate(edits(), 1):
        answer = ask(number, "tools/call", name="update_file_contents", arguments=edit)
        assert answer["result"]["structuredContent"]["success"], answer
    server.stdin.close()
    server.wait()


def by_requests():
    import requests

    url = os.environ["QUANTCONNECT_BASE_URL"] + "/files/update"
    user, token = os.environ["QUANTCONNECT_USER_ID"], os.environ["QUANTCONNECT_API_TOKEN"]
    for edit in edits():
        now = str(int(time()))
        hashed = sha256(f"{token}:{now}".encode()).hexdigest()
        basic = b64encode(f"{user}:{hashed}".encode()).decode()
        answer = requests.post(url, headers={"Authorization": f"Basic {basic}", "Timestamp": now}, json=edit, timeout=30)
        assert answer.json()["success"], answer.text


if sys.argv[1] == "mcp":
    mcp(sys.argv[2])
else:
    by_requests()
