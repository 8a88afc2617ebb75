"""What an operator can meet at the office. Each is said in words by the command line and by the pages."""


class OfficeError(Exception):
    """The office refuses, or cannot. Nothing was changed.

    Attributes:
        what: what happened, as the command line says it.
        advice: what to do next.
        word: a name for it, by which pages find what to say in the reader's language; "" where only an operator at the
            command line can meet it.
        facts: what the texts of that name have places for.
    """

    def __init__(self, what: str, advice: str, word: str = "", **facts: object) -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice
        self.word = word
        self.facts = facts
