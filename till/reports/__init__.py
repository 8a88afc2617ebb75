"""The till's reports, of its branch. Each is a function that returns a Document (common.documents):

    reading = ReportReading(store)
    document = month(reading, source_of(reading, "zh"), Month.parse("2026-11"), by=By.CLERK)

`document.sections` are typed tables for a screen (cell_text writes a cell as people read it); `common.documents.render`
makes PDF, CSV, XLSX or text of it. They look at all accounts: call them where a screen does not wait.
"""
