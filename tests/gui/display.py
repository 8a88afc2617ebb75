"""A display of our own: Xvfb on a free number. Kivy must not be imported before it is there."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


class CannotShow(Exception):
    """These tests cannot run on this machine as it is; the text says what to do."""


@contextmanager
def display(width: int, height: int) -> Iterator[str]:
    """Start Xvfb and name it in DISPLAY. Raises CannotShow."""
    program = shutil.which("Xvfb")
    if program is None:
        raise CannotShow("Xvfb is not installed: apt install xvfb xdotool libmtdev1 libgl1-mesa-dri fonts-noto-cjk")
    reading, writing = os.pipe()
    screen = f"{width}x{height}x24"
    command = [program, "-displayfd", str(writing), "-screen", "0", screen, "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(
        command, pass_fds=[writing], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        if not number:
            raise CannotShow("Xvfb did not start")
        os.environ["DISPLAY"] = f":{number}"
        os.environ.pop("WAYLAND_DISPLAY", None)
        yield os.environ["DISPLAY"]
    finally:
        server.terminate()
        server.wait(10)
