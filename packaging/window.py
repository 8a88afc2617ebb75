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


def set_up(stage: Stage) -> list[str]:
    """The office, a till at the counter, another in a van, a tray of cards. Returns the cards' serials."""
    tell("An office is set up, with a tariff, clerks and blank cards; a till for the window, and one in a van.")
    stage.office(
        "init", "--name", "示范电力 Demo Power", "--currency", "CNY", "--digits", "2", "--zone", "Asia/Shanghai"
    )
    (stage.folder / "tariff.toml").write_text(TARIFF, encoding="utf-8")
    stage.office("tariff", "publish", stage.path("tariff.toml"))
    allotted = stage.office("cards", "allot", "--branch", BRANCH, "--count", str(CARDS))
    stage.office("cards", "personalise", "--out", stage.path("card-keys.json"))
    for clerk, name, role in CLERKS:
        stage.office("clerk", "add", clerk, "--name", name, "--branch", BRANCH, "--role", role, "--pin", PIN)
    stage.line_up()
    stage.command("till", "sim", "cards", stage.path("card-keys.json"), "--folder", stage.path(TRAY))
    stage.office("meters", "esam", "--out", stage.path(f"{TRAY}/esam.json"))
    for name, clerk in ((TILL, "wang"), (OTHER, "zhao")):
        code = stage.office("till", "enrol-code", "--branch", BRANCH, "--name", name)["code"]
        stage.till(name, "enrol", "--server", stage.url, "--code", code)
        stage.till(name, "sign-in", clerk, "--pin", PIN)
    return list(allotted["serials"])


def on_tray(stage: Stage, name: str, serial: str, *words: str) -> None:
    """A command at a till, with a card of the tray in its reader."""
    card = stage.path(f"{TRAY}/{serial}.card")
    stage.command("till", "--data", stage.path(name), "--reader", f"sim:{card}", *words)


def in_meter(stage: Stage, meter: str, serial: str) -> None:
    """Put a card of the tray in a meter, made when there is none."""
    path = stage.folder / TRAY / f"{meter}.meter"
    if not path.exists():
        esam = stage.path(f"{TRAY}/esam.json")
        stage.command("till", "sim", "meter", stage.path(f"{TRAY}/{meter}.meter"), "--number", meter, "--esam", esam)
    stage.command("till", "sim", "insert", stage.path(f"{TRAY}/{meter}.meter"), stage.path(f"{TRAY}/{serial}.card"))


def sell(stage: Stage, serials: list[str]) -> None:
    """Customers who have bought; one whose card was replaced in the van while this till sold on the old one."""
    tell("Four customers, their first cards, some purchases.")
    for (number, name, meter, phone), serial in zip(PEOPLE, serials, strict=False):
        words = ("--number", number, "--name", name, "--meter", meter, "--phone", phone)
        stage.till(TILL, "account", "open", *words)
        on_tray(stage, TILL, serial, "card", "issue", number)
        in_meter(stage, meter, serial)
    for place, amount in ((0, "50"), (0, "100"), (0, "200"), (1, "80"), (2, "120")):
        on_tray(stage, TILL, serials[place], "vend", "--money", amount)
        in_meter(stage, PEOPLE[place][2], serials[place])
    tell("The van replaces a card that this till still sells on: the office settles it when both have synced.")
    for name in (TILL, OTHER):
        stage.till(name, "sync")
    on_tray(stage, OTHER, serials[4], "card", "replace", PEOPLE[3][0], "--reason", "lost")
    on_tray(stage, TILL, serials[3], "vend", "--money", "30")
    for name in (OTHER, TILL, OTHER, TILL):
        stage.till(name, "sync")


def in_window(stage: Stage) -> None:
    """Set up, open the window, and wait until it is closed."""
    serials = set_up(stage)
    sell(stage, serials)
    print(f"""
The window opens. Clerks: wang (clerk), li (supervisor), zhao (field worker); PIN {PIN} for each.
The tray is at the bottom: choose a card, put it in, pull it out (also in the middle of a sale), put it in its meter.

    {serials[0][-4:]}  a good card: type 100, Enter, Enter
    {serials[3][-4:]}  was replaced in the van: refused, in red
    {serials[4][-4:]}  its new card: first put it in the meter; the office owes it a make-up
    {serials[5][-4:]}  blank: give it out at the card desk (F3)

Cut the line with `kill {stage.server.pid if stage.server else 0}`; start it again with
    .venv/bin/syncserver --data {stage.path("office")} serve --port {stage.url.rpartition(":")[2]}
""")
    command = [str(BIN / "till"), "--data", stage.path(TILL), "--reader", f"tray:{stage.path(TRAY)}", "--lang", "zh"]
    ended = subprocess.run([*command, "gui", "--slow", "0.03"], check=False).returncode
    if ended:
        raise Wrong(f"the window ended with {ended}")
