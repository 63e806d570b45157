"""From a database URL to Django's description of it."""

from igny8_core.settings import database


def test_what_the_url_says_of_tls_reaches_libpq() -> None:
    described = database("postgresql://a%40b:p%2Fw@db.example:6432/my%20db?sslmode=verify-full&sslrootcert=/etc/ca.pem")
    assert {name: described[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "my db",
        "USER": "a@b",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "6432",
    }
    assert described["OPTIONS"] == {
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ca.pem",
        "server_side_binding": True,
        "prepare_threshold": 2,
    }


def test_a_socket_stands_in_the_query() -> None:
    described = database("postgresql://me:pw@/db?host=%2Ftmp%2Frun&port=5433", pooled=True)
    assert (described["HOST"], described["PORT"]) == ("/tmp/run", "5433")
    assert set(described["OPTIONS"]) == {"server_side_binding", "prepare_threshold", "pool"}
