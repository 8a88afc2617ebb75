"""What every card driver does, whatever the chip."""

from typing import Protocol

from common.card.image import CardContents, CardImage, ReturnData


class CardDriver(Protocol):
    """One card in one reader. Every method may raise CardRemoved, ReaderLost and UnexpectedStatus.

    Attributes:
        chip: `cpu` or `sle4442`.
        layout: the name of the layout that its bytes follow.
    """

    chip: str
    layout: str

    def serial(self) -> str:
        """The card's serial; needs no key."""
        ...

    def unlock(self, card_key: bytes) -> None:
        """Show the card its key. A key that the card's identification does not confirm is never presented.

        Raises WrongKey, CardLocked, CardCounterLow.
        """
        ...

    def read(self) -> CardContents:
        """All that the card says. Raises CardNotUnlocked, CardUnreadable."""
        ...

    def write(self, image: CardImage) -> None:
        """Write the image in the slot that is not current, read it back and compare. Return data stays.

        However it is interrupted, the card says the old image or the new. Raises AnotherCard, CardNotUnlocked,
        CardUnreadable (nothing was written), CardWriteFailed.
        """
        ...

    def write_return(self, returned: ReturnData) -> None:
        """Write return data. Only a meter does this. Raises CardNotUnlocked, CardWriteFailed."""
        ...

    def wipe(self) -> None:
        """Make the card blank for the stock: slots and return data become FF, serial and key stay.

        Interrupted, the card says the old image or is blank. Raises CardNotUnlocked, CardWriteFailed.
        """
        ...
