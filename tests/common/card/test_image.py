"""When the meter has taken the credit on a card."""

import pytest
from msgspec.structs import replace

from common.card.image import CardContents, CardImage, ReturnData, ReturnStatus, credit_taken


def contents(image: CardImage | None, returned: ReturnData | None) -> CardContents:
    return CardContents(serial="6201000000000017", image=image, returned=returned, torn=False, digest="")


def test_credit_is_taken_when_the_meter_loaded_this_very_count(image: CardImage, returned: ReturnData) -> None:
    assert credit_taken(contents(image, returned))


def test_return_data_about_an_older_credit_says_nothing_of_this_one(image: CardImage, returned: ReturnData) -> None:
    assert not credit_taken(contents(replace(image, count=8), returned))


@pytest.mark.parametrize("status", [ReturnStatus.NOTHING, ReturnStatus.REFUSED_COUNT])
def test_credit_that_the_meter_did_not_load_is_not_taken(
    image: CardImage, returned: ReturnData, status: ReturnStatus
) -> None:
    assert not credit_taken(contents(image, replace(returned, status=status)))


def test_nothing_is_taken_from_a_blank_card_or_without_return_data(image: CardImage, returned: ReturnData) -> None:
    assert not credit_taken(contents(None, returned))
    assert not credit_taken(contents(image, None))
