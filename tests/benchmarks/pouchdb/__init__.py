"""The baseline that offline-first programs are often built on: PouchDB replicating into express-pouchdb over HTTP.

The packages are installed from npm into a scratch folder. Each client has a database of its own with the documents in
it, as a till has its journal; the server keeps them all, a database each, as CouchDB would.
"""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.benchmarks.measure import cpu_seconds

PACKAGES = ("pouchdb@9", "express-pouchdb@4", "express@4")
_HERE = Path(__file__).parent


class NoNode(Exception):
    """Node or npm is missing, or npm cannot install the packages."""


def install(folder: Path) -> Path:
    """Install the packages in a folder, unless they are there.

    Raises:
        NoNode: see there.
    """
    if not shutil.which("node") or not shutil.which("npm"):
        raise NoNode("Node and npm are needed for this baseline. On Debian or Ubuntu: apt-get install nodejs npm")
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "node_modules" / "express-pouchdb").is_dir():
        command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--silent", *PACKAGES]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoNode(f"npm could not install {' '.join(PACKAGES)}: {done.stderr.strip()[-500:]}")
    for name in ("server.js", "client.js"):
        shutil.copy(_HERE / name, folder / name)
    return folder


def replicate(node: Path, folder: Path, journals: list[list[bytes]]) -> tuple[float, float]:
    """Every journal goes to the server, one a client and a line a document. Seconds until all is there, and of the
    server's processor."""
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        url, pid = stack.enter_context(_server(node, folder / "server"))
        clients = [
            stack.enter_context(_client(node, folder, number, lines, url)) for number, lines in enumerate(journals)
        ]
        for client in clients:
            _expect(client, "ready")
        used, began = cpu_seconds(pid), time.perf_counter()
        for client in clients:
            assert client.stdin is not None
            client.stdin.write("go\n")
            client.stdin.flush()
        for client in clients:
            assert client.wait() == 0, "a client failed; its words are above"
        return time.perf_counter() - began, cpu_seconds(pid) - used


@contextmanager
def _server(node: Path, folder: Path) -> Iterator[tuple[str, int]]:
    folder.mkdir()
    with _process([str(node / "server.js"), str(folder)], node) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}", server.pid


@contextmanager
def _client(node: Path, folder: Path, number: int, lines: list[bytes], url: str) -> Iterator["subprocess.Popen[str]"]:
    text = folder / f"{number}.journal"
    text.write_bytes(b"".join(lines))
    arguments = [str(node / "client.js"), str(folder / f"client-{number}"), str(text), f"{url}/till-{number}"]
    with _process(arguments, node) as client:
        yield client


@contextmanager
def _process(arguments: list[str], node: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(["node", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=node)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _expect(client: "subprocess.Popen[str]", word: str) -> None:
    assert client.stdout is not None
    said = client.stdout.readline().strip()
    assert said == word, f"the client says {said!r}"
