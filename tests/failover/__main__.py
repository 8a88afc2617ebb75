"""`python -m tests.failover [--patroni] [ENTRIES]`: a primary is killed after so many entries and its standby promoted,
which takes as many more; prints what tills were told, what of it is there, and how long nobody served them."""

import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from tests.failover.pair import Servers, running_pair
from tests.failover.story import Story, live


def text(story: Story) -> str:
    """The report."""
    held = story.held
    rows = (
        ("entries acknowledged", f"{held.acknowledged:,}"),
        ("of these found", f"{held.found:,}"),
        ("doubled", f"{held.doubled:,}"),
        ("entries heard with the feed", f"{story.heard:,}"),
        ("of these gone", f"{story.gone:,}"),
        ("tills asked for what was acknowledged", f"{story.asked_back:,}"),
        ("read models that entries do not make", f"{story.unequal:,}"),
        ("seconds until it was noticed", f"{story.noticed:.2f}"),
        ("seconds to promote the standby", f"{story.promoted:.2f}"),
        ("seconds without service, in all", f"{story.without:.2f}"),
    )
    end = "Nothing was lost and nothing is there twice." if story.good else "THIS DOES NOT HOLD."
    return "\n".join([*(f"{name:<40}{value:>10}" for name, value in rows), end])


def main(words: list[str]) -> int:
    patroni, numbers = "--patroni" in words, [word for word in words if word != "--patroni"]
    entries = int(numbers[0]) if numbers else 2_000
    with tempfile.TemporaryDirectory() as folder, _servers(patroni) as servers:
        story = live(Path(folder) / "office", servers, before=entries, after=entries)
    print(text(story))
    return 0 if story.good else 1


def _servers(patroni: bool) -> AbstractContextManager[Servers]:
    if not patroni:
        return running_pair()
    from tests.failover.patroni import running_patroni

    return running_patroni()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
