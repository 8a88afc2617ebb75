"""Reports of the office, of all branches or one. Each is a function that returns a Document (common.documents):

    with office.store.read() as reading:
        source = source_of(reading, "zh")
        document = month(reading, source, Month.parse("2026-11"), by=By.CLERK, branch="")

`document.sections` are typed tables for a page; `common.documents.render` makes PDF, CSV, XLSX or text of it.
"""
