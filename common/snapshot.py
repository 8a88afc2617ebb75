"""The snapshot of a branch: what a new till needs of ten years of entries, folded by the office and signed by it.

It comes in pages, so that a cut costs one. A page says at which position of the office's feed it was taken; what the
feed brings about its accounts up to there is in it already. Later entries are folded on top. See PROTOCOL.md.
"""

import hashlib

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from common.account import AccountFacts

DOMAIN = b"kilotill.snapshot.v1\n"
"""Stands before a page's hash in what the office signs."""


class Page(Struct, frozen=True, kw_only=True):
    """A page of a snapshot.

    Attributes:
        branch: whose.
        after: the account after which it begins; "" for the first page, which has the lines too.
        position: of the office's feed when the page was taken; 0: there is little to hear, take the feed from its
            beginning.
        next: the last account of this page when others follow; null at the end.
        lines: the office's own entries that still matter and are about no account, as journal lines.
        accounts: the recent facts of accounts, by number.
    """

    branch: str
    after: str
    position: int
    next: str | None
    lines: list[str]
    accounts: list[AccountFacts]


class PackedPage(Struct, frozen=True, kw_only=True):
    """A page as the office writes it: its accounts as they are stored (common.account.pack)."""

    branch: str
    after: str
    position: int
    next: str | None
    lines: list[str]
    accounts: list[msgspec.Raw]


class BadPage(ValueError):
    """Bytes that are no page of the office's. `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def write_page(key: Ed25519PrivateKey, page: PackedPage) -> bytes:
    """The page and its proof: signature in hex, a space, the page as JSON."""
    raw = msgspec.json.encode(page)
    return key.sign(_signed(raw)).hex().encode() + b" " + raw


def read_page(key: Ed25519PublicKey, body: bytes) -> Page:
    """Read a page that the office with this key wrote.

    Raises:
        BadPage: it is none.
    """
    signature, _, raw = body.partition(b" ")
    try:
        key.verify(bytes.fromhex(signature.decode("ascii")), _signed(raw))
        return msgspec.json.decode(raw, type=Page)
    except InvalidSignature as error:
        raise BadPage("the signature is not the office's") from error
    except (ValueError, msgspec.DecodeError) as error:
        raise BadPage(f"it is no page: {error}") from error


def _signed(raw: bytes) -> bytes:
    return DOMAIN + hashlib.sha256(raw).hexdigest().encode()
