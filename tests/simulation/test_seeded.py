"""Seeds, a few of the many: `python -m tests.simulation run --seeds 20000` lives through as many as asked for."""

import pytest

from tests.simulation.seeded import run
from tests.simulation.world import RATES

SEEDS, TOGETHER = 200, 20


@pytest.mark.parametrize("first", range(0, SEEDS, TOGETHER))
def test_whatever_goes_wrong_nothing_is_lost_or_counted_twice(first):
    """See tests/simulation/checks.py for what must hold after each."""
    for seed in range(first, first + TOGETHER):
        try:
            run(seed).close()
        except BaseException:
            print(f"again: python -m tests.simulation run --seeds 1 --from {seed}")
            raise


@pytest.mark.parametrize("seed", [3, 14])
def test_a_seed_is_the_same_run_each_time(seed):
    digests = []
    for _ in range(2):
        world = run(seed)
        digests.append((world.digest(), len(world.log)))
        world.close()
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("syncserver.ingest.branches._carry", lambda *_, **__: None),
        ("till.store.store.Store.set_aside", lambda *_: None),
        ("syncserver.api.exchange.same_feed", lambda _reading, _run, position: position),
        ("till.store.project.Projection._count", lambda *_: None),
    ],
)
def test_a_fault_that_is_put_in_is_found(monkeypatch, name, harm):
    """The checks can fail: of many seeds one fails when a part of the product does nothing."""
    monkeypatch.setattr(name, harm)
    with pytest.raises(AssertionError):
        for seed in range(40_000, 40_100):
            run(seed).close()


def test_each_kind_of_fault_happens():
    happened = set()
    for seed in range(60):
        world = run(seed)
        happened |= world.counted.keys()
        world.close()
    assert happened == RATES.keys()
