"""The settings in `config.json`, which the official command line tool and `qc` push and pull to and fro."""

import json

from sandbox import PORT, config, write

FLAGS = PORT
TOOLS = {"name": "Tools", "path": "Library/Tools"}


def settings(folder):
    """What both programs keep in step."""
    kept = json.loads(config(folder))
    return {key: kept.get(key) for key in ("description", "parameters", "libraries")}


def edit(folder, **values):
    kept = json.loads(config(folder)) | values
    write(folder, "config.json", json.dumps(kept, indent=4) + "\n")


def cloud(emulator, project):
    """The description, the parameters and the libraries that the service has."""
    seen = emulator.project(project)
    parameters = {one["key"]: one["value"] for one in seen["parameters"]}
    return seen["description"], parameters, [str(one["projectId"]) for one in seen["libraries"]]


def test_settings_go_to_and_fro(sandbox, emulator):
    project, library = emulator.create_project("Settled"), emulator.create_project("Library/Tools")
    workspace, other = sandbox.workspace("settled"), sandbox.workspace("settled-elsewhere")
    for place in (workspace, other):
        sandbox.prepare(place, "cloud", "pull", "--project", project)
        sandbox.prepare(place, "cloud", "pull", "--project", library)
    folder, elsewhere = workspace / "Settled", other / "Settled"
    assert sandbox.qc(folder, "status") == ["exit 0"]

    # `qc` sends them, and the tool takes them.
    edit(folder, description="by \"qc\"", parameters={"period": "14", "fast": "3"}, libraries=[TOOLS])
    # What is no setting, and how it is written, is nobody's business.
    write(folder, "config.json", config(folder).replace("{", '{ "mine" :\t[1.50],', 1))
    kept = config(folder)
    assert sandbox.qc(folder, "push") == [
        "settings.done: description None by \"qc\"",
        "settings.done: parameters.fast None 3",
        "settings.done: parameters.period None 14",
        f"settings.done: libraries.{library} None Library/Tools",
        "exit 0",
    ]
    assert cloud(emulator, project) == ("by \"qc\"", {"period": "14", "fast": "3"}, [library])
    assert config(folder) == kept
    sandbox.prepare(other, "cloud", "pull", "--project", project)
    assert settings(elsewhere) == settings(folder)

    # The tool sends them, and `qc` takes them: the bytes of all other values stay.
    edit(elsewhere, description="by lean", parameters={"period": "20", "fast": "3"})
    sandbox.prepare(other, "cloud", "push", "--project", "Settled")
    assert cloud(emulator, project) == ("by lean", {"period": "20", "fast": "3"}, [library])
    assert sandbox.qc(folder, "pull") == [
        "settings.done: description by \"qc\" by lean",
        "settings.done: parameters.period 14 20",
        "exit 0",
    ]
    kept = kept.replace(r"by \"qc\"", "by lean").replace('"period": "14"', '"period": "20"')
    assert config(folder) == kept

    # Each takes away what the other has given. The tool sends no list that is empty: it never takes the last library away.
    edit(elsewhere, parameters={"fast": "3"}, libraries=[])
    sandbox.prepare(other, "cloud", "push", "--project", "Settled")
    assert cloud(emulator, project) == ("by lean", {"fast": "3"}, [library])
    assert sandbox.qc(folder, "pull") == ["settings.done: parameters.period 20 None", "exit 0"]
    assert '{ "mine" :\t[1.50],' in config(folder)
    edit(folder, parameters={}, libraries=[])
    assert sandbox.qc(folder, "push")[-1] == "exit 0"
    assert cloud(emulator, project) == ("by lean", {}, [])
    sandbox.prepare(other, "cloud", "pull", "--project", project)
    assert settings(elsewhere) == {"description": "by lean", "parameters": {}, "libraries": []}


def test_both_in_one_folder(sandbox, emulator):
    project = emulator.create_project("Both")
    workspace = sandbox.workspace("both")
    sandbox.prepare(workspace, "cloud", "pull", "--project", project)
    folder = workspace / "Both"
    assert sandbox.qc(folder, "pull") == ["exit 0"]
    edit(folder, parameters={"period": "14"}, description="what it is for")
    sandbox.prepare(workspace, "cloud", "push", "--project", "Both")
    # What the tool has sent is in step, and no conflict.
    kept = config(folder)
    assert sandbox.qc(folder, "status") == ["exit 0"]
    assert sandbox.qc(folder, "pull") == ["exit 0"]
    assert sandbox.qc(folder, "push") == ["exit 0"]
    assert config(folder) == kept
    sandbox.prepare(workspace, "cloud", "pull", "--project", project)
    assert config(folder) == kept
    # An edit of one key by each, with the cloud's taken first.
    edit(folder, parameters={"period": "15"})
    emulator.call("projects/update", projectId=project, description="by a third")
    assert sandbox.qc(folder, "pull") == ["settings.done: description what it is for by a third", "exit 0"]
    sandbox.prepare(workspace, "cloud", "push", "--project", "Both")
    assert cloud(emulator, project) == ("by a third", {"period": "15"}, [])
    assert sandbox.qc(folder, "status") == ["exit 0"]
