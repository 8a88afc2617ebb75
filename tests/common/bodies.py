"""Strategies for entries: made from the types themselves, so that a new body type is tested from its first day."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from common.clock import Hlc
from common.entries import OFFICE, AnyBody, Entry, JournalOpened
from common.entries import imported as import_bodies
from common.entries import office as office_bodies
from common.entries.envelope import Body

BODY_TYPES: tuple[type[msgspec.Struct], ...] = Body.__args__
# Hypothesis takes bounds without a zone and gives times with one.
FIRST, LAST = datetime(1970, 1, 2), datetime(9000, 1, 1)
TIMES = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
LARGEST = 2**53 - 1
# RFC 8785 sorts by UTF-16, which differs from the order of the characters above U+FFFF only: such names are refused.
NAMES = st.text(
    st.characters(min_codepoint=1, max_codepoint=0xFFFF, exclude_categories=["Cs"]), min_size=1, max_size=10
)
TEXT = st.characters(min_codepoint=1, exclude_categories=["Cs"])
"""Every character that a text may have."""


def values(kind: inspect.Type) -> st.SearchStrategy[Any]:
    """Values of a type as msgspec sees it."""
    match kind:
        case inspect.IntType():
            low = -LARGEST if kind.ge is None else kind.ge
            return st.integers(low, LARGEST if kind.le is None else kind.le)
        case inspect.StrType(pattern=None):
            return st.text(TEXT, min_size=kind.min_length or 0, max_size=kind.max_length or 30)
        case inspect.StrType():
            return st.from_regex(str(kind.pattern), fullmatch=True)
        case inspect.DateTimeType():
            return TIMES
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.LiteralType():
            return st.sampled_from(kind.values)
        case inspect.EnumType():
            return st.sampled_from(list(kind.cls))
        case inspect.ListType():
            return st.lists(values(kind.item_type), max_size=3)
        case inspect.DictType():
            return st.dictionaries(NAMES, values(kind.value_type), max_size=3)
        case inspect.UnionType():
            return st.one_of([values(option) for option in kind.types])
        case inspect.StructType():
            return st.builds(kind.cls, **{field.name: values(field.type) for field in kind.fields})
        case _:
            raise TypeError(f"no strategy for {kind}")


BODIES = {kind: values(inspect.type_info(kind)) for kind in BODY_TYPES}


def writer_of(body: AnyBody) -> str:
    """Somebody who may write this body."""
    by_office = type(body).__module__ == office_bodies.__name__
    if isinstance(body, JournalOpened):
        return {"office": OFFICE, "till": "till-0001", "import": "import-old-1"}[body.kind]
    if type(body).__module__ == import_bodies.__name__:
        return "import-old-1"
    return OFFICE if by_office else "till-0001"


@st.composite
def entries(draw: st.DrawFn, kind: type[msgspec.Struct] | None = None) -> Entry:
    """An entry of this body type, or of any."""
    body = draw(BODIES[kind] if kind is not None else st.one_of(list(BODIES.values())))
    return Entry(
        v=1,
        writer=writer_of(body),
        epoch=draw(st.integers(1, LARGEST)),
        seq=draw(st.integers(1, LARGEST)),
        prev=draw(st.from_regex(r"[0-9a-f]{64}", fullmatch=True)),
        at=draw(TIMES),
        hlc=Hlc(draw(st.integers(0, LARGEST)), draw(st.integers(0, LARGEST))),
        body=body,
    )
