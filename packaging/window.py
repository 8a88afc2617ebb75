"""The till's window with a demo office, demo accounts and a tray of simulated cards: try all of it with no hardware.

Everything behind it is made by the commands that you could type; the office runs until the window is closed.
"""

import subprocess

from stage import BIN, CLERKS, PIN, TARIFF, Stage, Wrong, tell

BRANCH, TILL, OTHER, TRAY = "hill", "till-gui", "till-van", "tray"
CARDS = 10
PEOPLE = (
    ("0431-77", "李四 Li Si", "M1001", "13800000077"),
    ("0431-78", "王秀英 Wang Xiuying", "M1002", "13800000078"),
    ("0431-79", "Anna Wu", "M1003", "13800000079"),
    ("0431-80", "赵磊 Zhao Lei", "M1004", "13800000080"),
)


def set_up(demo: Stage) -> list[str]:
    """The office, a till at the counter, another in a van, a tray of cards. Returns the cards' serials."""
    tell("An office is set up, with a tariff, clerks and blank cards; a till for the window, and one in a van.")
    demo.office(
        "init", "--name", "示范电力 Demo Power", "--currency", "CNY", "--digits", "2", "--zone", "Asia/Shanghai"
    )
    (demo.folder / "tariff.toml").write_text(TARIFF, encoding="utf-8")
    demo.office("tariff", "publish", demo.path("tariff.toml"))
    allotted = demo.office("cards", "allot", "--branch", BRANCH, "--count", str(CARDS))
    demo.office("cards", "personalise", "--out", demo.path("card-keys.json"))
    for clerk, name, role in CLERKS:
        demo.office("clerk", "add", clerk, "--name", name, "--branch", BRANCH, "--role", role, "--pin", PIN)
    demo.line_up()
    demo.command("till", "sim", "cards", demo.path("card-keys.json"), "--folder", demo.path(TRAY))
    demo.office("meters", "esam", "--out", demo.path(f"{TRAY}/esam.json"))
    for name, clerk in ((TILL, "wang"), (OTHER, "zhao")):
        code = demo.office("till", "enrol-code", "--branch", BRANCH, "--name", name)["code"]
        demo.till(name, "enrol", "--server", demo.url, "--code", code)
        demo.till(name, "sign-in", clerk, "--pin", PIN)
    return list(allotted["serials"])


def on_tray(demo: Stage, name: str, serial: str, *words: str) -> None:
    """A command at a till, with a card of the tray in its reader."""
    card = demo.path(f"{TRAY}/{serial}.card")
    demo.command("till", "--data", demo.path(name), "--reader", f"sim:{card}", *words)


def in_meter(demo: Stage, meter: str, serial: str) -> None:
    """Put a card of the tray in a meter, made when there is none."""
    path = demo.folder / TRAY / f"{meter}.meter"
    if not path.exists():
        esam = demo.path(f"{TRAY}/esam.json")
        demo.command("till", "sim", "meter", demo.path(f"{TRAY}/{meter}.meter"), "--number", meter, "--esam", esam)
    demo.command("till", "sim", "insert", demo.path(f"{TRAY}/{meter}.meter"), demo.path(f"{TRAY}/{serial}.card"))


def sell(demo: Stage, serials: list[str]) -> None:
    """Customers who have bought; one whose card was replaced in the van while this till sold on the old one."""
    tell("Four customers, their first cards, some purchases.")
    for (number, name, meter, phone), serial in zip(PEOPLE, serials, strict=False):
        words = ("--number", number, "--name", name, "--meter", meter, "--phone", phone)
        demo.till(TILL, "account", "open", *words)
        on_tray(demo, TILL, serial, "card", "issue", number)
        in_meter(demo, meter, serial)
    for place, amount in ((0, "50"), (0, "100"), (0, "200"), (1, "80"), (2, "120")):
        on_tray(demo, TILL, serials[place], "vend", "--money", amount)
        in_meter(demo, PEOPLE[place][2], serials[place])
    tell("The van replaces a card that this till still sells on: the office settles it when both have synced.")
    for name in (TILL, OTHER):
        demo.till(name, "sync")
    on_tray(demo, OTHER, serials[4], "card", "replace", PEOPLE[3][0], "--reason", "lost")
    on_tray(demo, TILL, serials[3], "vend", "--money", "30")
    for name in (OTHER, TILL, OTHER, TILL):
        demo.till(name, "sync")


def in_window(demo: Stage) -> None:
    """Set up, open the window, and wait until it is closed."""
    serials = set_up(demo)
    sell(demo, serials)
    print(f"""
The window opens. Clerks: wang (clerk), li (supervisor), zhao (field worker); PIN {PIN} for each.
The tray is at the bottom: choose a card, put it in, pull it out (also in the middle of a sale), put it in its meter.

    {serials[0][-4:]}  a good card: type 100, Enter, Enter
    {serials[3][-4:]}  was replaced in the van: refused, in red
    {serials[4][-4:]}  its new card: first put it in the meter; the office owes it a make-up
    {serials[5][-4:]}  blank: give it out at the card desk (F3)

Cut the line with `kill {demo.server.pid if demo.server else 0}`; start it again with
    .venv/bin/syncserver --data {demo.path("office")} serve --port {demo.url.rpartition(":")[2]}
""")
    command = [str(BIN / "till"), "--data", demo.path(TILL), "--reader", f"tray:{demo.path(TRAY)}", "--lang", "zh"]
    ended = subprocess.run([*command, "gui", "--slow", "0.03"], check=False).returncode
    if ended:
        raise Wrong(f"the window ended with {ended}")
