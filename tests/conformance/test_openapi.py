"""The emulator tried against its own OpenAPI document: what it says is what the document promises."""

import subprocess
from pathlib import Path

from sandbox import PROGRAMS

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"
# What the service does otherwise than most: a refusal is HTTP 200, for bad requests and bad credentials alike, and what makes a
# rule of faults is no matter of a schema.
NOT_HELD = "negative_data_rejection,ignored_auth,missing_required_header,positive_data_acceptance"


def test_some_thousand_requests_always_the_same(emulator, tmp_path):
    command = [PROGRAMS / "schemathesis", "run", DOCUMENT, "--url", emulator.address, "--exclude-checks", NOT_HELD]
    command += ["--seed", "1", "--phases", "examples,coverage,fuzzing,stateful"]
    # A signature may be used again for longer than this takes.
    for name, value in emulator.signature().items():
        command += ["--header", f"{name}: {value}"]
    subprocess.run(command, check=True, cwd=tmp_path)
