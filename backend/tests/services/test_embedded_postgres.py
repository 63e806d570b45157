"""The embedded server's folder: of its own version alone, and nobody else's server on it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from igny8_core.env import ensure_secrets, load, socket_dir
from igny8_core.kit.embedded_postgres import BINARIES, MAJOR, DidNotStart, EmbeddedPostgres


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A data folder that the server's OS user reaches."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    yield tmp_path


def server_on(data_dir: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(data_dir, secrets=ensure_secrets(data_dir), sockets=socket_dir(data_dir))


def test_the_binaries_are_of_the_version_that_we_name() -> None:
    said = subprocess.run([BINARIES / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    assert said.startswith(f"postgres (PostgreSQL) {MAJOR}.")


def test_a_folder_of_another_version_is_refused_in_a_sentence(data_dir: Path) -> None:
    cluster = data_dir / "postgres"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("17\n")
    with pytest.raises(DidNotStart) as caught:
        server_on(data_dir).initialise()
    assert str(caught.value) == (
        f"The database in {cluster} was made by PostgreSQL 17, and this is {MAJOR}. "
        "Dump it with version 17 and restore it into a new IGNY8_DATA_DIR."
    )
    assert [path.name for path in cluster.iterdir()] == ["PG_VERSION"]


def test_a_server_left_by_a_killed_launcher_gives_way(data_dir: Path) -> None:
    left, ours = server_on(data_dir), server_on(data_dir)
    left.initialise()
    left.start()
    left.ensure_owner()
    url = load({**os.environ, "IGNY8_DATA_DIR": str(data_dir), "DATABASE_URL": ""}).owner_url
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    try:
        process = left.process
        assert process is not None
        assert ours.start().pid != process.pid
        assert process.poll() is not None
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    finally:
        ours.stop()
