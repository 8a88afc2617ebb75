"""What must hold of the Debian packages in a clean Debian: installed, served, lived with, upgraded, removed."""

import json
import re
import shutil
import time
import tomllib
from pathlib import Path

from machine import Ran
from story import SERVER, USER, Story

VERSION = str(tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]["version"])
PIN = "380512"
TARIFF = 'tariff = "prices"\nsince = 2026-01-01T00:00:00+08:00\n[classes]\nresidential = [{ price = "0.538" }]\n'
OFFICE = "/var/lib/kilotill"
UNITS = (f"{SERVER}.service", "kilotill-backup.service", "kilotill-backup.timer")
MOST_EXPOSED = 1.5
"""Of 10, as systemd-analyze counts; 1 or so is what a server that must reach a network can have."""

PAGE = 600
"""Colours of a page of the window, whose letters have soft edges; while it opens there are a third."""

_TIMER_SECONDS = 10 + 30 + 60 + 50
"""Until the till's timer has gone off (its delay, the random one, and systemd's accuracy), and the sync is done."""


def files(story: Story, suffix: str = "") -> list[str]:
    """Both packages, where they lie in the machine."""
    kind = story.run("dpkg", "--print-architecture").said
    return [f"/stage/{name}_{VERSION}{suffix}_{kind}.deb" for name in ("kilotill-till", SERVER)]


def installed(story: Story) -> None:
    """apt installs both, by what they depend on; nothing runs before there is an office."""
    done = story.apt("install", *files(story))
    story.check("apt installs both, with what they depend on and nothing else", done.code == 0, _tail(done, 0))
    versions = [story.run(name, "--version", user=USER).said for name in ("till", "syncserver")]
    story.check("both commands say the version", versions == [f"till {VERSION}", f"syncserver {VERSION}"], versions)
    verified = story.run("systemd-analyze", "verify", "--man=no", *UNITS)
    story.check("systemd-analyze verify has nothing to say of the units", not verified.said, verified.said or "nothing")
    states = [story.show("ActiveState"), story.show("Result")]
    story.check("without an office the server is not started, and has not failed", states == ["inactive", "success"])
    story.check("the backups' timer waits", story.show("ActiveState", "kilotill-backup.timer") == "active")
    shells = story.run("getent", "passwd", "kilotill").said
    story.check("the service's user cannot sign in", shells.endswith("/nologin"), shells)


def served(story: Story) -> None:
    """An office, served under systemd with few rights."""
    made = story.office("init", "--name", "示范电力 Demo Power", "--currency", "CNY", "--zone", "Asia/Shanghai")
    story.check("root makes an office", made == {"folder": OFFICE}, made)
    owners = story.run("find", OFFICE, "!", "-user", "kilotill").said
    modes = story.run("stat", "-c", "%U %a", OFFICE, f"{OFFICE}/keys/signing.pem").said.split("\n")
    story.check(
        "which is the service's own, and nobody else's to read", modes == ["kilotill 700", "kilotill 600"], modes
    )
    story.check("down to the last file", owners == "", owners)
    refused = story.run("syncserver", "books", user=USER)
    story.check("another account is told to use sudo", refused.code == 3 and "sudo" in refused.said, _tail(refused))
    story.run("sed", "-i", 's/^SERVE=.*/SERVE="--host 0.0.0.0 --port 8443 --log-requests"/', "/etc/default/" + SERVER)
    started = story.run("systemctl", "start", SERVER)
    story.check(
        "systemd starts the server, which says that it is ready", started.code == 0 and story.serves(), _tail(started)
    )
    told = story.run("systemd-analyze", "security", "--no-pager", SERVER).said
    found = re.search(r"exposure level for \S+: ([\d.]+)", told)
    score = float(found.group(1)) if found else 10.0
    story.check(f"systemd-analyze security: {MOST_EXPOSED} or less", score <= MOST_EXPOSED, f"{score} of 10")


def sold(story: Story) -> None:
    """A till enrols over TLS, sells, and its sales arrive."""
    story.machine.write("/stage/tariff.toml", TARIFF)
    story.office("tariff", "publish", "/stage/tariff.toml")
    story.cards = story.office("cards", "allot", "--branch", "hill", "--count", "4")["serials"]
    story.office("cards", "personalise", "--out", f"{OFFICE}/card-keys.json")
    story.office("meters", "esam", "--out", f"{OFFICE}/esam.json")
    story.office("clerk", "add", "wang", "--name", "Wang", "--branch", "hill", "--role", "clerk", "--pin", PIN)
    for name in ("card-keys.json", "esam.json"):
        story.run("install", "-o", USER, "-m", "600", f"{OFFICE}/{name}", f"/home/{USER}/{name}")
    story.json("till", "sim", "cards", "card-keys.json", "--folder", "cards", user=USER)
    story.json("till", "sim", "meter", "meter", "--number", "M1001", "--esam", "esam.json", user=USER)
    code = story.office("till", "enrol-code", "--branch", "hill", "--name", "counter")["code"]
    enrolled = story.till("enrol", "--server", "https://127.0.0.1:8443", "--code", code)
    story.check(
        "a till of another account enrols over TLS", enrolled.get("till") == "till-0001", enrolled.get("till", enrolled)
    )
    story.till("sign-in", "wang", "--pin", PIN)
    story.till("account", "open", "--number", "A1", "--name", "李四", "--meter", "M1001")
    story.till("card", "issue", "A1", card=0)
    vended = story.till("vend", "--money", "100", card=0)
    story.check(
        "it sells on a card in a simulated reader",
        vended.get("amount") == 10_000,
        vended.get("job", {}).get("receipt", vended),
    )
    taken = story.json("till", "sim", "insert", "meter", f"cards/{story.cards[0]}.card", user=USER)
    story.check("the meter takes it", taken.get("outcome") == "loaded", f"{taken.get('total')} Wh")
    story.check("the sale arrives at the office", synced(story) and money(story) == 10_000, f"{money(story)} fen")
    reader = story.run("till", "card", "read", user=USER)
    story.check("without a reader pcscd is asked, and the till says what to do", reader.code == 4, _tail(reader))
    sockets = story.show("ActiveState", "pcscd.socket")
    story.check("pcscd waits for whoever asks", sockets == "active", sockets)


def synced(story: Story) -> bool:
    report = story.till("sync")
    return isinstance(report, dict) and "sent" in report


def money(story: Story) -> int:
    """What the office's books have taken, in fen."""
    return int(story.office("books").get("money", -1))


def sell_again(story: Story, fen: int) -> bool:
    """One more sale of 10 yuan, which arrives; the books had so much before."""
    story.json("till", "sim", "insert", "meter", f"cards/{story.cards[0]}.card", user=USER)
    story.till("card", "read", card=0)
    story.till("vend", "--money", "10", card=0)
    return synced(story) and money(story) == fen + 1_000


def mirrored(story: Story) -> None:
    """The second disk, at the place that the unit may write."""
    story.run("mkdir", "-p", "/srv/kilotill-mirror")
    story.run(
        "mount", "-t", "tmpfs", "-o", "size=64m,mode=700,uid=kilotill,gid=kilotill", "disk", "/srv/kilotill-mirror"
    )
    story.office("mirror", "set", "/srv/kilotill-mirror/office")
    story.run("systemctl", "restart", SERVER)
    before = _size(story, "/srv/kilotill-mirror")
    went = sell_again(story, money(story))
    after = _size(story, "/srv/kilotill-mirror")
    story.check(
        "a mirror in /srv/kilotill-mirror is written by the service",
        went and after > before,
        f"{before} to {after} bytes",
    )
    problems = story.office("health")["problems"]
    story.check("the office has no problems", problems == [], problems)


def logged(story: Story) -> None:
    """The log is rotated under the running server."""
    log = "/var/log/kilotill/server.log"
    lines = story.run("cat", log).said.splitlines()
    story.check(
        "the log has a JSON object a line",
        lines and all("at" in json.loads(line) for line in lines),
        f"{len(lines)} lines",
    )
    turned = story.run("logrotate", "--force", "/etc/logrotate.d/kilotill-server")
    synced(story)
    sizes = [_size(story, log), _size(story, f"{log}.1")]
    story.check("logrotate moves it away, and the server writes a new one", turned.code == 0 and all(sizes), sizes)


def hung(story: Story) -> None:
    """A server that stands still is replaced."""
    before = story.show("MainPID")
    story.run("systemctl", "kill", "--signal=STOP", "--kill-whom=main", SERVER)
    began = time.monotonic()
    story.until(lambda: story.show("MainPID") not in (before, "0") and story.serves(), 180)
    after = story.show("MainPID")
    took = f"process {before}, then {after}, {time.monotonic() - began:.0f} s later"
    story.check("a server that stands still (SIGSTOP) is replaced by the watchdog", after not in (before, "0"), took)
    story.check("and tills sync again", story.serves() and synced(story))


def backed_up(story: Story) -> None:
    """The timer makes a backup, which an office comes back from."""
    soon = "[Timer]\nOnCalendar=\nOnActiveSec=1s\nRandomizedDelaySec=0\nAccuracySec=1s\n"
    story.machine.write("/etc/systemd/system/kilotill-backup.timer.d/soon.conf", soon)
    story.run("systemctl", "daemon-reload")
    story.run("systemctl", "restart", "kilotill-backup.timer")
    story.until(lambda: _backups(story) != [], 90)
    story.run("rm", "-r", "/etc/systemd/system/kilotill-backup.timer.d")
    story.run("systemctl", "daemon-reload")
    story.run("systemctl", "restart", "kilotill-backup.timer")
    found = _backups(story)
    result = story.show("Result", "kilotill-backup.service")
    if not story.check("the timer makes a backup", len(found) == 1 and result == "success", (result, *found)):
        print(story.run("journalctl", "-u", "kilotill-backup.service", "--no-pager", "-n", "20").said)
        return
    back = story.json("syncserver", "--data", "/root/back", "restore", "--plain", found[0])
    entries = story.office("health")["entries"]
    story.check(
        "which can be restored, with every entry", back.get("entries") == entries, f"{back.get('entries')} of {entries}"
    )
    for day in range(1, 17):
        story.run("touch", f"/var/backups/kilotill/office-202601{day:02}T000000Z.backup")
    story.run("systemctl", "start", "kilotill-backup.service")
    story.check(
        "the newest 14 are kept", len(_backups(story)) == 14 and found[0] in _backups(story), len(_backups(story))
    )


def by_itself(story: Story) -> None:
    """The till's own timer sends what was sold, with nobody at the window."""
    before = money(story)
    story.json("till", "sim", "insert", "meter", f"cards/{story.cards[0]}.card", user=USER)
    story.till("card", "read", card=0)
    sold = story.till("vend", "--money", "10", card=0)
    story.run("loginctl", "enable-linger", USER)
    bus = {"XDG_RUNTIME_DIR": f"/run/user/{story.run('id', '-u', USER).said}"}
    story.until(lambda: story.run("systemctl", "--user", "is-system-running", user=USER, **bus).said == "running", 60)
    enabled = story.run("systemctl", "--user", "enable", "--now", "kilotill-till-sync.timer", user=USER, **bus)
    arrived = story.until(lambda: money(story) == before + 1_000, _TIMER_SECONDS)
    timers = story.run("systemctl", "--user", "list-timers", "--all", "--no-pager", user=USER, **bus)
    seen = "" if arrived else (sold, _tail(enabled, 4), _tail(timers, 8), story.till("status"))
    story.check("a till that nobody sits at syncs by its own timer", enabled.code == 0 and arrived, seen)
    story.run("systemctl", "--user", "disable", "--now", "kilotill-till-sync.timer", user=USER, **bus)


def shown(story: Story) -> None:
    """The window comes up on a display, by what the package depends on alone."""
    picture = f"/home/{USER}/window.png"
    take = "import sys; from PIL import ImageGrab; i = ImageGrab.grab(xdisplay=sys.argv[1]); i.save(sys.argv[2])"
    take += "; print(len(i.convert('RGB').getcolors(1 << 24)))"

    def colours() -> int:
        python = "/usr/lib/kilotill/till/bin/python3"
        told = story.run(python, "-I", "-c", take, story.display, picture, user=USER).said.splitlines()
        return int(told[-1]) if told and told[-1].isdigit() else 0

    entry = story.run("sed", "-n", "s/^Exec=//p", "/usr/share/applications/kilotill-till.desktop").said
    story.run(
        "sh", "-c", f"{entry} --size 1024x768 >window.log 2>&1 & echo $! >window.pid", user=USER, DISPLAY=story.display
    )
    story.until(lambda: colours() > PAGE, 150)
    time.sleep(2)
    seen = colours()
    alive = story.run("sh", "-c", "kill -0 $(cat window.pid)", user=USER).code == 0
    story.check("the till's window starts from its menu entry", seen > PAGE and alive, f"{seen} colours")
    if seen <= PAGE:
        print(story.run("tail", f"/home/{USER}/window.log").said)
    story.run("sh", "-c", "kill $(cat window.pid)", user=USER)
    taken = story.machine.root / picture[1:]
    if taken.exists():
        shutil.copy(taken, story.pictures / "window.png")


def upgraded(story: Story) -> None:
    """A newer version over this one, then the same again."""
    for what, words in (
        ("an upgrade", ("install", *files(story, "+1"))),
        ("a reinstallation", ("install", "--reinstall", *files(story, "+1"))),
    ):
        before, had = story.show("MainPID"), money(story)
        done = story.apt(*words)
        after = story.show("MainPID")
        story.check(f"{what} by apt", done.code == 0, _tail(done))
        story.check(
            "the server was started again",
            after not in (before, "0") and story.serves(),
            f"MainPID {before}, then {after}",
        )
        story.check("till and office have what they had, and go on", sell_again(story, had), f"{money(story)} fen")
    marked = story.run("grep", "-c", "log-requests", "/etc/default/" + SERVER).said
    story.check("the operator's settings are still there", marked == "1")


def removed(story: Story) -> None:
    """Removed, installed again, purged."""
    had = money(story)
    gone = story.apt("remove", SERVER, "kilotill-till")
    story.check("apt removes both", gone.code == 0, _tail(gone, 0))
    left = story.run(
        "sh", "-c", f"ls -d /usr/bin/till /usr/bin/syncserver /usr/lib/kilotill; systemctl is-active {SERVER}"
    ).said
    story.check("commands and service are gone", "/usr/lib/kilotill\n" not in left and "inactive" in left)
    data = [
        story.run("test", "-s", path).code
        for path in (f"{OFFICE}/office.db", f"/home/{USER}/.local/share/kilotill/till.db")
    ]
    story.check("the office and the till are not", data == [0, 0])
    back = story.apt("install", *files(story, "+1"))
    again = story.until(lambda: story.serves() and synced(story), 30) and money(story) == had
    story.check("installed again both are found, and served", back.code == 0 and again, f"{money(story)} fen")
    purged = story.apt("purge", SERVER, "kilotill-till")
    said = "is left in /var/lib/kilotill" in purged.said and "Tills are left" in purged.said
    story.check("a purge says that journals and keys are left, and how to delete them", purged.code == 0 and said)
    kept = [story.run("test", "-s", f"{OFFICE}/{name}").code for name in ("office.db", "keys/signing.pem")]
    story.check("and they are", kept == [0, 0])
    settings = story.run(
        "sh", "-c", "ls -d /etc/default/kilotill-server /etc/logrotate.d/kilotill-server /var/log/kilotill"
    )
    story.check(
        "settings and logs are gone", settings.said.count("No such file") == 3, settings.said.count("No such file")
    )
    failed = story.run("systemctl", "--failed", "--no-legend", "--plain").said
    story.check("no unit of ours has failed", "kilotill" not in failed, failed)


def locked(story: Story) -> None:
    """Once more: the keys behind a passphrase, which systemd hands to the service and to the backups."""
    story.apt("install", files(story, "+1")[1])
    story.machine.write("/stage/passphrase", "correct horse battery\n")
    told = story.office("keys", "lock", "--passphrase-file", "/stage/passphrase")
    given = {SERVER: ("office",), "kilotill-backup": ("office", "backup")}
    for unit, names in given.items():
        lines = [f"LoadCredentialEncrypted=kilotill-{name}:/etc/kilotill/{name}.cred" for name in names]
        story.machine.write(
            f"/etc/systemd/system/{unit}.service.d/passphrase.conf", "\n".join(["[Service]", *lines, ""])
        )
    story.run("mkdir", "-p", "/etc/kilotill")
    for name in ("office", "backup"):
        sealed = f"/etc/kilotill/{name}.cred"
        story.run("systemd-creds", "encrypt", f"--name=kilotill-{name}", "/stage/passphrase", sealed)
    story.run("systemctl", "daemon-reload")
    started = story.run("systemctl", "restart", SERVER)
    plain = story.run("sh", "-c", f"ls {OFFICE}/keys").said.split()
    story.check("the keys are locked", plain == ["keys.locked", "tls.pem"], plain or told)
    story.check("the server gets the passphrase from systemd", started.code == 0 and story.serves(), _tail(started))
    before = _backups(story)
    story.run("systemctl", "start", "kilotill-backup.service")
    new = [path for path in _backups(story) if path not in before]
    words = ("syncserver", "--data", "/root/whole", "restore", *new, "--json")
    back = story.run(*words, KILOTILL_PASSPHRASE=story.run("cat", "/stage/passphrase").said).said
    story.check("so do the backups, which then hold the keys", '"secrets":true' in back, back)


STEPS = (installed, served, sold, mirrored, logged, hung, backed_up, by_itself, shown, upgraded, removed, locked)


def _tail(ran: Ran, lines: int = 1) -> str:
    """The end of what a command said; all of it where it failed and nothing was asked for."""
    said = ran.said.splitlines()
    return " / ".join(said[-lines:]) if lines else ("" if ran.code == 0 else " / ".join(said[-12:]))


def _size(story: Story, path: str) -> int:
    said = story.run("du", "-sb", path).said.split()
    return int(said[0]) if said and said[0].isdigit() else 0


def _backups(story: Story) -> list[str]:
    return sorted(story.run("sh", "-c", "ls /var/backups/kilotill/*.backup 2>/dev/null").said.split())
