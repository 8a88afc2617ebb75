"""What reports say, computed from values: the till and the office compute it alike.

`line` is what reports count; `calendar` the day that a line counts on; `totals` adds lines up; the other modules make
a Document (common.documents) each.
"""
