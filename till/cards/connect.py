"""Which driver a card needs."""

from collections.abc import Callable

from common.card.layout import load_layout
from till.cards.acs import AcsDialect
from till.cards.channel import Channel
from till.cards.cpu import CpuDriver, select
from till.cards.driver import CardDriver
from till.cards.errors import ForeignCard, UnexpectedStatus
from till.cards.sle4442 import SLE4442_ATR, Sle4442Dialect, Sle4442Driver

CPU_LAYOUT = "cpu-v1"
SLE4442_LAYOUT = "sle4442-v1"


def open_card(channel: Channel, dialect: Callable[[Channel], Sle4442Dialect] = AcsDialect) -> CardDriver:
    """The driver for the card in this channel, told by its ATR or its application. Tries no key.

    Raises ForeignCard for a card of another make or another layout.
    """
    driver: CardDriver
    if channel.atr == SLE4442_ATR:
        driver = Sle4442Driver(channel, load_layout(SLE4442_LAYOUT), dialect(channel))
    else:
        layout = load_layout(CPU_LAYOUT)
        if not select(channel, layout):
            raise ForeignCard(channel.atr)
        driver = CpuDriver(channel, layout)
    try:
        driver.serial()
    except UnexpectedStatus as error:
        raise ForeignCard(channel.atr) from error
    return driver
