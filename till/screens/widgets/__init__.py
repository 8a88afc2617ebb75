"""Our own small set of widgets. Importing it makes all of them known to the layouts."""

from till.screens.widgets import basics, button, field, pin_pad, rows, steps

__all__ = ["basics", "button", "field", "pin_pad", "rows", "steps"]
