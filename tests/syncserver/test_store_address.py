"""A PostgreSQL store's address as it is printed, logged and kept: never with a password in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from syncserver.store import StoreUnavailable
from syncserver.store.postgresql import without_password

PASSWORD = st.text("sQ7&?#=:40+;,!$", min_size=6)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://db/office", "postgresql://db/office"),
        ("postgres://liu:secret@db:5433/office", "postgresql://liu@db:5433/office"),
        ("postgresql://liu:se&cret@db/office", "postgresql://liu@db/office"),
        ("postgresql://liu:se?cr#et@db/office", "postgresql://liu@db/office"),
        ("postgresql://liu@db/office?password=se@cret", "postgresql://liu@db/office"),
        ("postgresql://liu@db/office?sslpassword=secret", "postgresql://liu@db/office"),
        ("postgresql://one,two:5433/office?target_session_attrs=read-write", "postgresql://one,two:5433/office"),
        ("postgresql://liu:secret@[::1]:5432/office", "postgresql://liu@[::1]:5432/office"),
        ("postgresql:///office?host=/run/pg&port=5433", "postgresql://%2Frun%2Fpg:5433/office"),
    ],
)
def test_it_says_who_where_and_which(address: str, shown: str) -> None:
    assert without_password(address) == shown


@given(PASSWORD)
def test_whatever_the_password_is_it_is_not_shown(password: str) -> None:
    for address in (f"postgresql://liu:{password}@db/office", f"postgresql://liu@db/office?password={password}"):
        try:
            shown = without_password(address)
        except StoreUnavailable as error:
            assert password not in str(error)
            continue
        assert shown == "postgresql://liu@db/office"


def test_what_is_shown_is_the_same_place() -> None:
    address = "postgresql://l%40u:secret@one:1,two:2/of%20fice"
    there = conninfo_to_dict(address)
    del there["password"]
    assert conninfo_to_dict(without_password(address)) == there


def test_what_is_no_address_is_not_repeated() -> None:
    with pytest.raises(StoreUnavailable) as refused:
        without_password("postgresql://liu:secret@db:port:port/office?what=ever")
    assert "secret" not in str(refused.value)
