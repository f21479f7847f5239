"""Wheel, sdist and a plain checkout carry the schemas, and give the catalog of this checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
PACKAGES = ("sakari_client", "sakari_emulator", "tap_sakari", "target_sakari", "schemas")


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    """Run a command as if this checkout were not there; return what it printed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False,
        cwd=cwd, env={**environment, **variables},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def install(python: Path, *what: str, cwd: Path) -> None:
    """Install with uv; with pip where uv knows no way to a package index, as script/setup does."""
    try:
        uv = Path(sys.executable).parent / "uv"
        run(uv, "pip", "install", "--python", python, *what, cwd=cwd)
    except AssertionError:
        run(sys.executable, "-m", "pip", "--python", python, "install", *what, cwd=cwd)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel and the sdist of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, CHECKOUT, cwd=folder)
    return {"wheel": next(folder.glob("*.whl")), "sdist": next(folder.glob("*.tar.gz"))}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> object:
    """The catalog of this checkout, which is installed in place."""
    folder = tmp_path_factory.mktemp("elsewhere")
    return json.loads(run(sys.executable, "-m", "tap_sakari", "--discover", cwd=folder))


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_an_installed_archive_gives_the_same_catalog(
    archives: dict[str, Path], catalog: object, kind: str, tmp_path: Path
) -> None:
    pins = CHECKOUT / "requirements" / "dev.txt"
    run(sys.executable, "-m", "venv", "--without-pip", "venv", cwd=tmp_path)
    commands = tmp_path / "venv" / "bin"
    python = commands / "python"
    install(python, "-c", str(pins), f"{archives[kind]}[emulator]", cwd=tmp_path)

    where = run(python, "-c", "import sakari_client; print(sakari_client.__file__)", cwd=tmp_path)
    assert str(CHECKOUT) not in where
    assert json.loads(run(commands / "tap-sakari", "--discover", cwd=tmp_path)) == catalog
    for command in ("sakari", "tap-sakari", "target-sakari", "sakari-emulator"):
        run(commands / command, "--help", cwd=tmp_path)

    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "uninstall", "--yes", "singer-sakari", cwd=tmp_path)
    for package in PACKAGES:
        shutil.copytree(CHECKOUT / package, tmp_path / "checkout" / package)
    plain = run(
        python, "-m", "tap_sakari", "--discover", cwd=tmp_path,
        PYTHONPATH=str(tmp_path / "checkout"),
    )  # fmt: skip
    assert json.loads(plain) == catalog


def test_archives_hold_what_they_must(archives: dict[str, Path]) -> None:
    listed = run(sys.executable, "-m", "zipfile", "-l", archives["wheel"], cwd=CHECKOUT)
    for file in (
        "sakari_client/py.typed",
        "sakari_client/schemas/messages.json",
        "sakari_client/schemas/events/event.json",
        "sakari_client/schemas/events/documented_event.json",
        "sakari_client/schemas/target/contacts.json",
        "licenses/LICENSE",
    ):
        assert file in listed
    assert "tests/" not in listed
    listed = run(sys.executable, "-m", "tarfile", "-l", archives["sdist"], cwd=CHECKOUT)
    for file in (
        "/schemas/messages.json",
        "/schemas/events/event.json",
        "/schemas/target/contacts.json",
        "/tests/test_packaging.py",
        "/README.md",
        "/LICENSE",
    ):
        assert file in listed
    for left_out in (".venv", ".meltano", ".cache", ".git/"):
        assert f"/{left_out}" not in listed
