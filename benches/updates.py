"""Updates a file of 2 KB over and over, on a new connection each time as the official tool does: `updates.py PROJECT COUNT`.

It prints the seconds that it took.
"""

import os
import sys
from base64 import b64encode
from hashlib import sha256
from time import perf_counter, time

import requests

LINE = '        self.rsi = self.RSI("SPY", 14, Resolution.DAILY)  # 14 days\n'
URL = f"{os.environ['QUANTCONNECT_BASE_URL']}/files/update"

project, count = int(sys.argv[1]), int(sys.argv[2])
fields = {"projectId": project, "name": "main.py", "content": LINE * (2048 // len(LINE))}
began = perf_counter()
for _ in range(count):
    timestamp = str(int(time()))
    hashed = sha256(f"{os.environ['QUANTCONNECT_API_TOKEN']}:{timestamp}".encode()).hexdigest()
    basic = b64encode(f"{os.environ['QUANTCONNECT_USER_ID']}:{hashed}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Timestamp": timestamp}
    answer = requests.post(URL, headers=headers, json=fields, timeout=30).json()
    assert answer["success"], answer
print(perf_counter() - began)
