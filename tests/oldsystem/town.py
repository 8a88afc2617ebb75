"""A town that bought on cards for ten years from a system that is now replaced; and what went wrong in its files."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FIRST, LAST = datetime(2016, 11, 25, 8, 0), datetime(2026, 11, 20, 18, 0)
A_PURCHASE_EACH = timedelta(days=43)
PRICE_FEN = 54
CLERKS = {"01": "wang", "02": "li", "03": "zhao", "17": "chen"}
BRANCHES = {"A": "hill", "B": "城西"}
CLASSES = {"1": "residential", "2": "business"}
PAYMENTS = {"0": "cash", "1": "card", "9": "transfer"}
_FAMILY, _GIVEN = "王李张刘陈杨赵黄周吴徐孙朱马胡郭林何高梁", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华"
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass
class Purchase:
    """A row of the old system: figures as it wrote them."""

    account: str
    meter: str
    at: str
    count: str
    energy: str
    amount: str
    clerk: str
    payment: str
    receipt: str
    void: str = ""


@dataclass
class Account:
    """A row of accounts, and what its purchases need to know of it."""

    number: str
    name: str
    tariff_class: str
    branch: str
    phone: str
    address: str
    note: str
    opened: str
    closed: str
    arrears: str
    meter: str
    old_meter: str = ""
    cards: list[tuple[str, int, str]] = field(default_factory=list)
    told: int = 0
    taken: int = 0
    left: int = 0


@dataclass
class Town:
    """Accounts and purchases from a seed.

    Attributes:
        dirt: whether anything is wrong in the files.
        spoiled: what was made wrong, by the reason that an import must give; with `?` what only wants a look.
    """

    purchases: int
    seed: int
    dirt: bool = True
    each: int = 85
    spoiled: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        number = max(8, self.purchases // self.each)
        self.accounts = [self._account(place) for place in range(number)]
        self._share = -(-self.purchases // number)
        if self.dirt:
            self._spoil_accounts()

    def rows(self) -> Iterator[Purchase]:
        """The purchases, account after account; those that tell what a meter has taken are counted as they come."""
        left, receipt = self.purchases, 0
        for account in self.accounts:
            for row in self._of(account, min(left, self._share)):
                receipt += 1
                row.receipt = f"R{receipt:08}"
                yield from self._spoiled(row) if self.dirt else [row]
            left -= min(left, self._share)
        if self.dirt:
            yield from self._strays()

    def _account(self, place: int) -> Account:
        chance = self._chance
        number = f"{20_300_000 + place * 7:010}"
        name = chance.choice(_FAMILY) + "".join(chance.choices(_GIVEN, k=chance.randint(1, 2)))
        made = Account(
            number=number,
            name=name,
            tariff_class="2" if place % 11 == 0 else "1",
            branch="A" if place % 3 else "B",
            phone=f"13{chance.randrange(10**9):09}",
            address=f"解放路{place % 300 + 1}号",
            note="孤寡老人，请上门服务。" * (place % 50 == 0),
            opened=f"{FIRST:%Y%m%d}",
            closed="",
            arrears=f"{chance.randrange(1, 500)}.{chance.randrange(100):02}" if place % 40 == 5 else "",
            meter=f"{91_000_000 + place:08}",
        )
        if place % 25 == 3:
            made.old_meter = f"{81_000_000 + place:08}"
        issues = 1 + (place % 9 == 0) + (place % 27 == 0)
        made.cards = [(f"{62_000_000 + place * 4 + issue}", issue, "") for issue in range(1, issues + 1)]
        return made

    def _of(self, account: Account, number: int) -> Iterator[Purchase]:
        """An account's purchases in the order of time; the meter has taken all but now and then the last."""
        chance, at, counts = (
            self._chance,
            FIRST + timedelta(minutes=self._chance.randrange(60 * 24 * 40)),
            Counter[str](),
        )
        step = (LAST - FIRST - timedelta(days=45)) / max(1, number) * 0.95
        changed = number // 2 if account.old_meter else 0
        waits = chance.random() < 0.1
        for turn in range(number):
            meter = account.old_meter if turn < changed else account.meter
            counts[meter] += 1
            kwh = chance.choice((50, 100, 100, 200, 300, 500))
            if meter == account.meter and not (waits and turn == number - 1):
                account.told, account.taken = counts[meter], account.taken + kwh * 1_000
            fen = kwh * PRICE_FEN
            yield Purchase(
                account=account.number,
                meter=meter,
                at=f"{at:%Y-%m-%d %H:%M:%S}",
                count=str(counts[meter]),
                energy=str(kwh),
                amount=f"{fen // 100}.{fen % 100:02}",
                clerk=chance.choice(("01", "02", "03", "17")),
                payment=chance.choice(("0", "0", "0", "1", "9")),
                receipt="",
            )
            at += step * chance.uniform(0.7, 1.3) if turn % 2 else step
        account.left = min(account.taken, 20_000)

    # --- what goes wrong ---

    def _spoil_accounts(self) -> None:
        """The last accounts: a meter and a card of two, a class nobody knows, a number twice."""
        first, second, third, fourth, fifth = self.accounts[-5:]
        second.meter = first.meter
        first.old_meter = second.old_meter = ""
        third.tariff_class = "7"
        fourth.cards = [("62999999", 1, "")]
        fifth.cards = [("62999999", 1, "")]
        self.spoiled["account_unknown"] += 1 + len(third.cards)  # of the account that is not taken: a meter, and cards
        self.spoiled.update({"meter_twice": 2, "code/accounts": 1, "card_twice": 2, "account_twice": 1})

    def again(self) -> Account:
        """The row that stands in the accounts twice."""
        return self.accounts[0]

    def _spoiled(self, row: Purchase) -> Iterator[Purchase]:
        """A row as it stands in the file: one in a hundred is not as it should be, and some have one beside them."""
        lost = {account.number for account in self.accounts[-5:-2]}
        if row.account in lost:
            self.spoiled["account_refused"] += 1
            yield row
            return
        fate = self._chance.randrange(1_000)
        match fate:
            case 0 | 1:
                self.spoiled["twice"] += 1
                yield from (row, row)
                return
            case 2 | 3:
                self.spoiled["?correction"] += 1
                back = Purchase(**(vars(row) | {"energy": f"-{row.energy}", "amount": f"-{row.amount}", "receipt": ""}))
                again = Purchase(**(vars(row) | {"receipt": ""}))
                again.at, back.at = row.at[:-2] + "58", row.at[:-2] + "57"
                row.at = row.at[:-2] + "00"
                self.spoiled["?count_twice"] += 2
                yield from (row, back, again)
                return
            case 4:
                self.spoiled["date"] += 1
                row.at = self._chance.choice(("2019-02-30 10:00:00", "不详", "19年3月2日"))
            case 5:
                self.spoiled["number"] += 1
                row.amount = self._chance.choice(("壹佰元", "#REF!", "1O8.00"))
            case 6:
                self.spoiled["code/purchases"] += 1
                row.clerk = "88"
            case 7:
                self.spoiled["void"] += 1
                row.void = "1"
            case 8:
                self.spoiled["fine"] += 1
                row.amount += "5"
            case 9 | 10 | 11:
                row.amount, row.count = row.amount.translate(_WIDE), row.count.translate(_WIDE)
            case 12 | 13 | 14:
                row.at = row.at.replace("-", "/")
        yield row

    def _strays(self) -> Iterator[Purchase]:
        for number in range(3):
            self.spoiled["account_unknown"] += 1
            yield Purchase(
                account=f"{99_000_000 + number:010}", meter="", at="2020-05-01 09:00:00", count="1", energy="100",
                amount="54.00", clerk="01", payment="0", receipt="",
            )  # fmt: skip
