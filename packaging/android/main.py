"""Where the till begins on a tablet: its folder is the app's own, its reader the tablet's NFC.

A tablet has no command line. At the first start the till enrols with what `enrol.toml` says (`server`, `code`), which
the operator puts in the app's folder on the shared storage:
`adb push enrol.toml /sdcard/Android/data/org.kilotill.till/files/`.
"""

import os
import tomllib
from pathlib import Path

from till.cli.app import app
from till.cli.run import COMMANDS
from till.screens.fonts import FONT, take_face

SYSTEM_FONT = Path("/system/fonts/NotoSansCJK-Regular.ttc")
SIMPLIFIED = 2
"""The place of the letters as in China among the faces of that collection."""


def main(own: Path, shared: Path) -> None:
    """Enrol if that is asked for, then open the window.

    Args:
        own: the app's private folder.
        shared: its folder on the shared storage.
    """
    assert COMMANDS  # they have registered themselves
    own.mkdir(parents=True, exist_ok=True)
    if FONT not in os.environ and SYSTEM_FONT.exists():
        font = own / "chinese.otf"
        if not font.exists():
            font.write_bytes(take_face(SYSTEM_FONT.read_bytes(), SIMPLIFIED))
        os.environ[FONT] = str(font)
    till = ["--data", str(own / "till"), "--reader", "nfc"]
    asked = shared / "enrol.toml"
    if asked.exists() and not (own / "till" / "till.db").exists():
        said = tomllib.loads(asked.read_text("utf-8"))
        app([*till, "enrol", "--server", said["server"], "--code", said["code"]], standalone_mode=False)
        asked.unlink()
    app([*till, "gui"], standalone_mode=False)


if __name__ == "__main__":
    from jnius import autoclass

    activity = autoclass("org.kivy.android.PythonActivity").mActivity
    main(
        Path(activity.getFilesDir().getAbsolutePath()) / "kilotill",
        Path(activity.getExternalFilesDir(None).getAbsolutePath()),
    )
