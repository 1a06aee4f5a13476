"""The official tool as a library: its own client makes each call, and its own models read the answers."""

import pytest

from sandbox import ORGANIZATION, PORT

FLAGS = PORT


@pytest.fixture
def client(sandbox, emulator, monkeypatch):
    monkeypatch.setenv("QC_API", "local")
    # The tool reads the variable when it is imported.
    from lean.components.api.api_client import APIClient
    from lean.components.util.http_client import HTTPClient
    from lean.components.util.logger import Logger

    return APIClient(Logger(), HTTPClient(Logger()), emulator.user_id, emulator.api_token)


def test_files_and_projects(client, emulator):
    from lean.models.api import QCLanguage
    from lean.models.errors import RequestFailedError

    assert client.is_authenticated()
    project = client.projects.create("Called", QCLanguage.Python, ORGANIZATION)
    number = project.projectId
    assert client.projects.get(number, None) == project
    assert project in client.projects.get_all(None)

    client.files.create(number, "alpha.py", "PERIOD = 14\n")
    assert [file.name for file in client.files.get_all(number)] == ["alpha.py", "main.py", "research.ipynb"]
    client.files.update(number, "alpha.py", "# é € 🦀\n")
    assert client.files.get(number, "alpha.py").content == emulator.files(number)["alpha.py"] == "# é € 🦀\n"
    client.files.delete(number, "alpha.py")
    with pytest.raises(RequestFailedError, match="File not found: alpha.py"):
        client.files.delete(number, "alpha.py")

    client.projects.update(number, "Renamed", "what it is for", {"period": "14"}, files=[{"name": "main.py", "content": ""}])
    seen = client.projects.get(number, None)
    assert (seen.name, seen.description, seen.parameters[0].value) == ("Renamed", "what it is for", "14")
    assert emulator.files(number) == {"main.py": ""}
    client.projects.delete(number)
    assert client.projects.get(number, None).name.startswith("Recycle Bin/")

    client.set_user_token(emulator.user_id, "wrong")
    assert not client.is_authenticated()
