"""The key that tills seal bundles to: the office says it with the utility, so that every till hears it in the feed."""

from dataclasses import replace

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from common.sealing import box_hex
from syncserver.office.office import Office
from syncserver.office.utility import utility_of


def office_box(office: Office) -> X25519PrivateKey:
    """The office's key for bundles: made, and said to the tills, where it was not yet.

    Raises:
        OfficeError: it cannot be made.
        StoreUnavailable: it cannot be said.
    """
    box = office.keys.box
    if box is None:
        box = office.folder.create_box()
        office.keys = replace(office.keys, box=box)
    with office.store.read() as reading:
        said = utility_of(reading)
    if said.box != box_hex(box):
        with office.change() as intake:
            intake.say(msgspec.structs.replace(said, box=box_hex(box)))
    return box
