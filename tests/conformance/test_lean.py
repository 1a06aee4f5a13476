"""The official command line tool with the emulator: what it says, asks and leaves."""

import json

from sandbox import ORGANIZATION, PORT, PROGRAMS, config, local, write

FLAGS = PORT
READ = ["GET projects/read 200", "GET files/read 200"]
KEYS = ["algorithm-language", "parameters", "description", "cloud-id", "organization-id", "python-venv", "encrypted"]
# What a client does that tries another host.
ELSEWHERE = """
import requests
try:
    requests.get("https://nowhere.invalid/")
except requests.exceptions.ProxyError:
    print("refused")
"""


def test_login(sandbox, emulator):
    folder = sandbox.workspace("login")
    sandbox.credentials.unlink()
    wrong = sandbox.lean(folder, "login", "--user-id", emulator.user_id, "--api-token", "wrong")
    assert wrong == [
        "Error: Credentials are invalid. Please ensure your computer clock is correct, or try using another "
        "terminal, or enter API token manually instead of copy-pasting.",
        "Visit https://www.lean.io/docs/v2/lean-cli for more information",
        "exit 1",
    ]
    assert not sandbox.credentials.exists()

    right = sandbox.lean(folder, "login", "--user-id", emulator.user_id, "--api-token", emulator.api_token)
    assert right == ["Successfully logged in", "exit 0"]
    assert sandbox.asked() == ["GET authenticate 200"] * 2
    # `qc` takes the credentials that the tool keeps.
    assert sandbox.qc(folder, "whoami") == [f"userId: {emulator.user_id}", "exit 0"]


def test_pull(sandbox, emulator):
    project = emulator.create_project("Group/Pulled")
    lean = sandbox.workspace("pull")
    folder = lean / "Group" / "Pulled"
    sandbox.asked()
    assert sandbox.lean(lean, "cloud", "pull", "--project", project) == [
        "[1/1] Pulling 'Group/Pulled'",
        "Successfully pulled 'Group/Pulled/main.py'",
        "Successfully pulled 'Group/Pulled/research.ipynb'",
        "exit 0",
    ]
    assert sandbox.asked() == READ
    assert local(folder) == emulator.files(project)
    assert list(json.loads(config(folder))) == KEYS

    emulator.call("files/update", projectId=project, name="main.py", content="café = '\\u00e9'\n")
    emulator.call("files/create", projectId=project, name="signals/__init__.py")
    emulator.call("files/create", projectId=project, name="signals/alpha.py", content="PERIOD = 14\n")
    sandbox.asked()
    assert sandbox.lean(lean, "cloud", "pull", "--project", "Group/Pulled") == [
        "[1/1] Pulling 'Group/Pulled'",
        "Successfully pulled 'Group/Pulled/main.py'",
        "Successfully pulled 'Group/Pulled/signals/__init__.py'",
        "Successfully pulled 'Group/Pulled/signals/alpha.py'",
        "exit 0",
    ]
    assert sandbox.asked() == READ
    assert local(folder) == emulator.files(project)

    assert sandbox.lean(lean, "cloud", "pull", "--project", "No such") == [
        "Error: No project with the given name or id exists in the cloud",
        "exit 1",
    ]


def test_push_of_a_project_that_the_cloud_has(sandbox, emulator):
    project = emulator.create_project("Pushed")
    lean = sandbox.workspace("push")
    sandbox.prepare(lean, "cloud", "pull", "--project", project)
    folder = lean / "Pushed"
    write(folder, "main.py", "# edited: € 🦀\n")
    write(folder, "signals/__init__.py", "")
    write(folder, "signals/alpha.py", "A = '&=+%[]'\r\n")
    write(folder, "notes.txt", "not pushed")
    (folder / "research.ipynb").unlink()
    sandbox.asked()
    assert sandbox.lean(lean, "cloud", "push", "--project", "Pushed") == [
        "[1/1] Pushing 'Pushed'",
        "Successfully updated name, files, libraries, and code_source_id for 'Pushed'",
        "exit 0",
    ]
    assert sandbox.asked() == ["GET projects/read 200", "POST projects/update 200"]
    # The tool reads with universal newlines.
    assert emulator.files(project) == {
        "main.py": "# edited: € 🦀\n",
        "signals/__init__.py": "",
        "signals/alpha.py": "A = '&=+%[]'\n",
    }

    settings = json.loads(config(folder)) | {"parameters": {"period": "14", "s": "é"}, "description": "what it is for"}
    write(folder, "config.json", json.dumps(settings))
    sandbox.prepare(lean, "cloud", "push", "--project", "Pushed")
    seen = emulator.project(project)
    assert seen["description"] == "what it is for"
    assert {one["key"]: one["value"] for one in seen["parameters"]} == {"period": "14", "s": "é"}


def test_push_of_a_new_project(sandbox, emulator):
    lean = sandbox.workspace("push")
    sandbox.prepare(lean, "project-create", "--language", "python", "Group/New")
    folder = lean / "Group" / "New"
    write(folder, "signals/__init__.py", "")
    sandbox.asked()
    assert sandbox.lean(lean, "cloud", "push", "--project", "Group/New") == [
        "[1/1] Pushing 'Group/New'",
        f"Successfully created cloud project 'Group/New' in organization '{ORGANIZATION}'",
        "Successfully updated name, files, libraries, and code_source_id for 'Group/New'",
        "exit 0",
    ]
    assert sandbox.asked() == ["POST projects/create 200", "POST projects/update 200"]
    project = json.loads(config(folder))["cloud-id"]
    assert emulator.files(project) == local(folder)
    assert emulator.project(project)["name"] == "Group/New"


def test_names(sandbox, emulator):
    """The tool follows the service's name with its folder, and the folder's with the cloud's name."""
    emulator.create_project("Taken")
    lean = sandbox.workspace("names")
    sandbox.prepare(lean, "project-create", "--language", "python", "Taken")
    assert sandbox.lean(lean, "cloud", "push", "--project", "Taken") == [
        "[1/1] Pushing 'Taken'",
        "Received new name 'Taken 1' for project 'Taken' from QuantConnect.com",
        "Renaming 'Taken' to 'Taken 1'",
        "Successfully updated name, files, libraries, and code_source_id for 'Taken 1'",
        "exit 0",
    ]

    folder = (lean / "Taken 1").rename(lean / "Moved")
    assert sandbox.lean(lean, "cloud", "push", "--project", "Moved") == [
        "[1/1] Pushing 'Moved'",
        "Renaming project in cloud from 'Taken 1' to 'Moved'",
        "Successfully updated name, files, libraries, and code_source_id for 'Taken 1'",
        "exit 0",
    ]
    assert sandbox.qc(folder, "status") == ["exit 0"]

    # No folder can have this name.
    project = emulator.create_project("Odd: name?")
    assert sandbox.lean(lean, "cloud", "pull", "--project", project) == [
        "[1/1] Pulling 'Odd: name?'",
        "Renamed project in cloud from 'Odd: name?' to 'Odd  name'",
        "Successfully pulled 'Odd  name/main.py'",
        "Successfully pulled 'Odd  name/research.ipynb'",
        "exit 0",
    ]
    assert emulator.project(project)["name"] == "Odd  name"
    # An update of the name alone leaves the files alone.
    assert local(lean / "Odd  name") == emulator.files(project)


def test_library(sandbox, emulator):
    """A library is a project, too: the tool pushes and pulls both; `qc` deals with the project's own files only."""
    project = emulator.create_project("User")
    lean, other = sandbox.workspace("library"), sandbox.workspace("library-elsewhere")
    sandbox.prepare(lean, "cloud", "pull", "--project", project)
    sandbox.prepare(lean, "project-create", "--language", "python", "Library/Lib")
    sandbox.prepare(lean, "library", "add", "User", "Library/Lib")
    assert sandbox.lean(lean, "cloud", "push", "--project", "User") == [
        "[1/2] Pushing 'Library/Lib'",
        f"Successfully created cloud project 'Library/Lib' in organization '{ORGANIZATION}'",
        "Successfully updated name, files, libraries, and code_source_id for 'Library/Lib'",
        "[2/2] Pushing 'User'",
        "Successfully updated name, files, libraries, and code_source_id for 'User'",
        "exit 0",
    ]
    read = emulator.call("files/read", projectId=project, includeLibraries=True)["files"]
    assert [(file["name"], file["isLibrary"]) for file in read] == [
        ("main.py", False),
        ("research.ipynb", False),
        ("Library.py", True),
    ]

    assert sandbox.lean(other, "cloud", "pull", "--project", project) == [
        "[1/2] Pulling 'Library/Lib'",
        "Successfully pulled 'Library/Lib/Library.py'",
        "[2/2] Pulling 'User'",
        "Successfully pulled 'User/main.py'",
        "Successfully pulled 'User/research.ipynb'",
        "Adding/updating local library references to project User",
        "[1/1] Adding/updating local library Lib reference to project User",
        "exit 0",
    ]
    for name in ("User", "Library/Lib"):
        assert local(other / name) == local(lean / name)

    folder = other / "User"
    before = config(folder)
    assert sandbox.qc(folder, "status") == ["exit 0"]
    assert sandbox.qc(folder, "pull") == ["exit 0"]
    assert config(folder) == before


def test_a_client_that_tries_another_host_is_refused_and_noted(sandbox):
    assert sandbox.run(sandbox.place, PROGRAMS / "python", "-c", ELSEWHERE) == ("refused\n", "exit 0")
    assert sandbox.proxy.asked == ["CONNECT nowhere.invalid:443"]
    sandbox.proxy.asked.clear()
