"""A town's files, made once; an office to import them into."""

from collections.abc import Callable
from pathlib import Path

import pytest

from syncserver.office.office import Office
from syncserver.oldsystem.findings import Findings
from syncserver.oldsystem.importing import Import, Outcome, Told
from syncserver.oldsystem.mapping import read_mapping
from syncserver.oldsystem.words import Words
from tests.oldsystem.files import write_files
from tests.oldsystem.town import Town

Importing = Callable[..., tuple[Outcome, Findings]]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, dict[str, Path]]:
    """The town, and its mapping files by format."""
    made = Town(3_000, seed=7, each=60)
    return made, write_files(made, tmp_path_factory.mktemp("town"))


@pytest.fixture
def importing(office: Office, tmp_path: Path) -> Importing:
    """Imports by a mapping file into the office."""

    def run(
        mapping: Path, *, commit: bool = True, told: Told = lambda *_: None, lang: str = "en"
    ) -> tuple[Outcome, Findings]:
        with Findings(tmp_path / "findings.csv", Words(lang), {}) as findings:
            outcome = Import(office, read_mapping(mapping), findings, by="boss", commit=commit, told=told).run()
        return outcome, findings

    return run
