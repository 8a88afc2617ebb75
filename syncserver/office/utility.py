"""Who the utility is, as the office has said it."""

from common.entries import UtilitySet
from syncserver.office.errors import OfficeError
from syncserver.store import Reading


def utility_of(reading: Reading) -> UtilitySet:
    """The latest word about the utility.

    Raises:
        OfficeError: there is none.
    """
    found = reading.utility()
    if found is None:
        raise OfficeError("The office has not said who the utility is.", "Make the office again: syncserver init")
    return found
