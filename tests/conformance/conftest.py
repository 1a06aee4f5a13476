"""The fixtures of all tests here. `cargo xtask conformance` builds `qc`, installs what is needed and runs them."""

import os

import pytest

from emulator import Emulator
from sandbox import Sandbox

os.environ["NO_PROXY"] = os.environ["no_proxy"] = "localhost,127.0.0.1"


@pytest.fixture(scope="module")
def emulator(request):
    """`qc emulator`, with the FLAGS of the module that asks for it."""
    started = Emulator(*getattr(request.module, "FLAGS", ()))
    yield started
    started.stop()


@pytest.fixture
def sandbox(emulator, tmp_path):
    """Where the official tool runs. Whatever a test does there, no other host is asked, and every answer is HTTP 200."""
    sandbox = Sandbox(emulator, tmp_path)
    yield sandbox
    sandbox.close()
    assert sandbox.proxy.asked == []
    assert sandbox.refused() == []
