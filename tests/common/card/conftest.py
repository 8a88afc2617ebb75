"""Cards for the tests of the card image."""

import pytest

from common.card.image import CardImage, ReturnData, ReturnStatus
from common.card.layout import Layout, load_layout


@pytest.fixture(params=["cpu-v1", "sle4442-v1"], scope="session")
def layout(request: pytest.FixtureRequest) -> Layout:
    return load_layout(request.param)


@pytest.fixture(scope="session")
def image() -> CardImage:
    return CardImage(serial="6201000000000017", account="0431-77", meter="M900431", issue=2, count=7, credit=120_000)


@pytest.fixture(scope="session")
def returned() -> ReturnData:
    return ReturnData(
        meter="M900431", issue=2, count=7, remaining=130_500, use=9_000_000, status=ReturnStatus.LOADED, card_count=7
    )
