"""Who the utility is, as the office has said it."""

from common.entries import OFFICE, UtilitySet
from syncserver.office.errors import OfficeError
from syncserver.store import Reading


def utility_of(reading: Reading) -> UtilitySet:
    """The latest word about the utility.

    Raises:
        OfficeError: there is none.
    """
    said = [stored.signed.entry.body for stored in reading.of_type(OFFICE, "utility.set")]
    found = [body for body in said if isinstance(body, UtilitySet)]
    if not found:
        raise OfficeError("The office has not said who the utility is.", "Make the office again: syncserver init")
    return found[-1]
