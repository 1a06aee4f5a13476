"""The flow of the API's page for one project, step by step; prints what each step saw."""

import sys

from call import call

PROJECT = int(sys.argv[1])
NAME, NEW_NAME = "signals.py", "signals2.py"
CONTENT = "PERIOD = 14\nSYMBOL = 'SPY'\n"


def step(title, endpoint, **fields):
    status, answer = call(endpoint, fields or None)
    print(f"{title}: {status} success={answer['success']}", *answer.get("errors") or [])
    return answer


def names():
    return [file["name"] for file in step("look", "files/read", projectId=PROJECT)["files"]]


step("authenticate", "authenticate")
step("create", "files/create", projectId=PROJECT, name=NAME, content=CONTENT)
read = step("read", "files/read", projectId=PROJECT, includeLibraries=True)
print("  ", *[file["name"] for file in read["files"]])
created = next(file["content"] for file in read["files"] if file["name"] == NAME)
print("   as it was sent:", created == CONTENT)
# The page goes on with the first file, whichever that is.
content = read["files"][0]["content"].replace("SPY", "TSLA")
step("update", "files/update", projectId=PROJECT, name=NAME, content=content)
read = step("read one", "files/read", projectId=PROJECT, name=NAME)
print("   as it was sent:", [file["content"] for file in read["files"]] == [content])
step("rename", "files/update", projectId=PROJECT, name=NAME, newName=NEW_NAME)
print("  ", *names())
step("delete", "files/delete", projectId=PROJECT, name=NEW_NAME)
print("  ", *names())
step("delete again", "files/delete", projectId=PROJECT, name=NEW_NAME)
