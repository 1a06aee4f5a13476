"""The official command line tool and `qc` at work on the same folders and projects."""

import json

from sandbox import PORT, config, local, write

FLAGS = PORT


def test_qc_in_a_folder_that_lean_made(sandbox, emulator):
    project = emulator.create_project("Shared")
    lean, other = sandbox.workspace("shared"), sandbox.workspace("shared-elsewhere")
    for workspace in (lean, other):
        sandbox.prepare(workspace, "cloud", "pull", "--project", project)
    folder, elsewhere = lean / "Shared", other / "Shared"
    before = config(folder)
    assert sandbox.qc(folder, "status") == ["exit 0"]
    assert sandbox.qc(folder, "pull") == ["exit 0"]

    write(elsewhere, "main.py", "# by lean\n")
    write(elsewhere, "signals/__init__.py", "")
    (elsewhere / "research.ipynb").unlink()
    sandbox.prepare(other, "cloud", "push", "--project", "Shared")
    assert sandbox.qc(folder, "status") == [
        "pull: create signals/__init__.py",
        "pull: update main.py",
        "pull: delete research.ipynb",
        "exit 1",
    ]
    assert sandbox.qc(folder, "pull") == [
        "done: write signals/__init__.py",
        "done: write main.py",
        "done: remove research.ipynb",
        "exit 0",
    ]
    assert local(folder) == local(elsewhere)

    write(folder, "main.py", "# by qc\n")
    write(folder, "alpha.py", "PERIOD = 14\n")
    (folder / "signals" / "__init__.py").unlink()
    assert sandbox.qc(folder, "push") == [
        "done: create alpha.py",
        "done: update main.py",
        "done: delete signals/__init__.py",
        "exit 0",
    ]
    assert sandbox.lean(other, "cloud", "pull", "--project", project) == [
        "[1/1] Pulling 'Shared'",
        "Successfully pulled 'Shared/alpha.py'",
        "Successfully pulled 'Shared/main.py'",
        "exit 0",
    ]
    # The tool deletes nothing here that is gone in the cloud.
    (elsewhere / "signals" / "__init__.py").unlink()
    assert local(elsewhere) == local(folder)

    assert sandbox.lean(lean, "cloud", "pull", "--project", project) == ["[1/1] Pulling 'Shared'", "exit 0"]
    write(folder, "main.py", "# by lean, beside qc\n")
    sandbox.prepare(lean, "cloud", "push", "--project", "Shared")
    assert sandbox.qc(folder, "status") == ["exit 0"]
    assert config(folder) == before


def test_lean_in_a_folder_that_qc_made(sandbox, emulator):
    project = emulator.create_project("Cloned")
    lean = sandbox.workspace("cloned")
    assert sandbox.qc(lean, "clone", project) == [
        "directory: Cloned",
        "files: 2",
        "name: Cloned",
        f"projectId: {project}",
        "exit 0",
    ]
    folder = lean / "Cloned"
    keys = list(json.loads(config(folder)))

    write(folder, "main.py", "# by lean\n")
    write(folder, "signals/__init__.py", "")
    assert sandbox.lean(lean, "cloud", "push", "--project", "Cloned") == [
        "[1/1] Pushing 'Cloned'",
        "Successfully updated name, files, libraries, and code_source_id for 'Cloned'",
        "exit 0",
    ]
    assert emulator.files(project) == local(folder)
    assert sandbox.qc(folder, "status") == ["exit 0"]

    emulator.call("files/update", projectId=project, name="main.py", content="# by a third\n")
    assert sandbox.lean(lean, "cloud", "pull", "--project", project) == [
        "[1/1] Pulling 'Cloned'",
        "Successfully pulled 'Cloned/main.py'",
        "exit 0",
    ]
    assert sandbox.qc(folder, "status") == ["exit 0"]
    # The keys of `qc` keep their order, and that of the tool follows.
    assert list(json.loads(config(folder))) == [*keys, "encrypted"]

    write(folder, "alpha.py", "PERIOD = 14\n")
    assert sandbox.qc(folder, "push") == ["done: create alpha.py", "exit 0"]
    assert emulator.files(project) == local(folder)
