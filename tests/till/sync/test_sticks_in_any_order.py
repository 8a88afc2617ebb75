"""Whatever happens to sticks on the way, and with a line in between: master and tills end up with the same."""

import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.account import AccountFacts, fold, unpack
from common.entries import account_of
from syncserver.audit.rebuild import rebuild as rebuild_office
from syncserver.audit.verify import verify
from tests.till.branch import Clock
from tests.till.sync.sticks import Far, Post, carry
from till.store.rebuild import rebuild
from till.sync.errors import BundleRefused, OfficeRefused

TILLS = 2
EVENTS = st.one_of(
    st.tuples(st.sampled_from(["sell", "out", "back", "line"]), st.integers(0, TILLS - 1)),
    # Any stick that was ever written: the latest, an old one, one that was brought before.
    st.tuples(st.sampled_from(["office takes", "till takes"]), st.integers(0, 40)),
    st.tuples(st.sampled_from(["back up", "restore"]), st.just(0)),
)


@dataclass
class World:
    folder: Path
    post: Post = field(init=False)
    tills: list[Far] = field(init=False)
    out: list[Path] = field(default_factory=list)
    back: list[tuple[Far, Path]] = field(default_factory=list)
    sold: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.post = Post(self.folder, Clock())
        self.tills = [Far(self.folder, self.post, f"far-{n}") for n in range(TILLS)]

    def happens(self, what: str, which: int) -> None:
        match what:
            case "sell":
                till = self.tills[which]
                number = f"{which}-{len(self.sold)}"
                till.open_account(number)
                self.sold.add(number)
            case "out":
                self.out.append(self.folder / f"out-{len(self.out)}.kilotill")
                self.tills[which].export(self.out[-1])
            case "back":
                till = self.tills[which]
                path = self.folder / f"back-{len(self.back)}.kilotill"
                self.post.give(till.till, self.folder).rename(path)
                self.back.append((till, path))
            case "line":
                with suppress(OfficeRefused):
                    self.tills[which].sync()
            case "office takes" if self.out:
                self.post.take(self.out[-1 - which % len(self.out)])
            case "till takes" if self.back:
                till, path = self.back[-1 - which % len(self.back)]
                with suppress(BundleRefused):
                    till.take(path)
            case "back up":
                self.post.central.back_up()
            case "restore":
                self.post.central.restore()

    def come_to_rest(self) -> None:
        for _ in range(4):
            for till in self.tills:
                carry(self.post, till, self.folder)

    def end(self) -> None:
        for till in self.tills:
            till.store.close()
        self.post.central.stop()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(EVENTS, min_size=5, max_size=40))
def test_master_and_tills_end_up_with_the_same(events):
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        for what, which in events:
            world.happens(what, which)
        world.come_to_rest()
        check(world)
        world.end()


def check(world):
    """Everything that was sold is everywhere, said as its entries say it, and acknowledged."""
    everything = [signed for till in world.tills for signed in till.store.entries(till.till, 1)]
    with world.post.office.store.read() as reading:
        accounts = {row.number: unpack(row.facts) for row in reading.all_accounts()}
        for till in world.tills:
            assert reading.latest_writer(till.till).head == till.journal.head
            assert reading.latest_writer(till.till).state.value == "active"
    assert set(accounts) == world.sold
    for number, facts in accounts.items():
        about = [signed for signed in everything if account_of(signed.entry.body) == number]
        assert facts == fold(AccountFacts.new(number), about)
    for till in world.tills:
        assert till.accounts() == world.sold
        assert till.store.acked() == till.journal.head.seq
        assert {number: till.store.account(number) for number in world.sold} == accounts
        assert rebuild(till.store, check=True, progress=lambda _: None) == []
    verify(world.post.office.store, lambda _: None)
    assert rebuild_office(world.post.office.store, check=True, progress=lambda _: None) == []
