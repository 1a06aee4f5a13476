"""One signed call, as the API's page shows it: `call.py ENDPOINT FIELDS` prints the answer."""

import json
import os
import sys
from base64 import b64encode
from hashlib import sha256
from time import time

import requests

BASE_URL = os.environ["QUANTCONNECT_BASE_URL"]
USER_ID = os.environ["QUANTCONNECT_USER_ID"]
API_TOKEN = os.environ["QUANTCONNECT_API_TOKEN"]


def signature():
    timestamp = str(int(time()))
    hashed = sha256(f"{API_TOKEN}:{timestamp}".encode()).hexdigest()
    basic = b64encode(f"{USER_ID}:{hashed}".encode()).decode("ascii")
    return {"Authorization": f"Basic {basic}", "Timestamp": timestamp}


def call(endpoint, fields=None):
    """The status and the answer. The base URL ends in a slash, and one more follows, as on the page."""
    response = requests.post(f"{BASE_URL}/{endpoint}", headers=signature(), json=fields, timeout=30)
    return response.status_code, response.json()


if __name__ == "__main__":
    status, answer = call(sys.argv[1], json.loads(sys.argv[2]))
    print(json.dumps({"status": status, "answer": answer}))
