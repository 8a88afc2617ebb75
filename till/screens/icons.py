"""The icons: names of ours for glyphs of Material Design Icons (pictogrammers.com), which come as a font."""

from importlib.resources import files
from pathlib import Path

from fonticon_mdi7 import MDI7

FONT = Path(str(files("fonticon_mdi7") / "fonts" / "materialdesignicons-webfont.ttf"))
"""The font's file."""

_GLYPHS = {
    "account": MDI7.account_outline,
    "accounts": MDI7.account_search_outline,
    "add": MDI7.plus,
    "alert": MDI7.alert_outline,
    "back": MDI7.arrow_left,
    "blocked": MDI7.card_off_outline,
    "card": MDI7.smart_card_outline,
    "cards": MDI7.smart_card_reader_outline,
    "chevron": MDI7.chevron_right,
    "clear": MDI7.backspace_outline,
    "clerk": MDI7.account_circle_outline,
    "counter": MDI7.flash_outline,
    "done": MDI7.check,
    "edit": MDI7.pencil_outline,
    "entries": MDI7.tray_arrow_up,
    "hand": MDI7.hand_back_left_outline,
    "history": MDI7.history,
    "key": MDI7.numeric,
    "lease": MDI7.timer_sand,
    "line_down": MDI7.lan_disconnect,
    "line_up": MDI7.lan_connect,
    "lock": MDI7.lock_outline,
    "meter": MDI7.meter_electric_outline,
    "money": MDI7.cash,
    "office": MDI7.domain,
    "printer": MDI7.printer_outline,
    "printer_bad": MDI7.printer_alert,
    "pull": MDI7.arrow_up_bold_outline,
    "put": MDI7.arrow_down_bold_outline,
    "question": MDI7.help_circle_outline,
    "reader": MDI7.smart_card_reader_outline,
    "reader_bad": MDI7.alert_octagon_outline,
    "replace": MDI7.swap_horizontal,
    "reports": MDI7.chart_box_outline,
    "reverse": MDI7.undo_variant,
    "search": MDI7.magnify,
    "settings": MDI7.cog_outline,
    "shift": MDI7.cash_register,
    "save": MDI7.content_save_outline,
    "stick": MDI7.usb_flash_drive_outline,
    "sync": MDI7.sync,
    "tray": MDI7.tray,
    "wait": MDI7.timer_sand,
    "wipe": MDI7.eraser,
}


def glyph(name: str) -> str:
    """The letter of an icon in the icon font; "" for no name."""
    return _GLYPHS[name].rpartition(".")[2] if name else ""
