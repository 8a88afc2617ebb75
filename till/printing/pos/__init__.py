"""Receipt printers that speak ESC/POS, through python-escpos: nothing else in the project knows that library."""
