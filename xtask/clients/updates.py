"""Updates a file of 2 KB over and over, on a new connection each time as the official tool does: `updates.py PROJECT COUNT`.

It prints the seconds that it took.
"""

import sys
from time import perf_counter

from call import call

LINE = "        self.rsi = self.RSI(\"SPY\", 14, Resolution.DAILY)  # 14 days\n"

project, count = int(sys.argv[1]), int(sys.argv[2])
fields = {"projectId": project, "name": "main.py", "content": LINE * (2048 // len(LINE))}
began = perf_counter()
for _ in range(count):
    status, answer = call("files/update", fields)
    assert answer["success"], answer
print(perf_counter() - began)
