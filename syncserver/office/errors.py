"""What an operator can meet at the office. Each is said in words by the command line."""


class OfficeError(Exception):
    """The office refuses, or cannot. Nothing was changed.

    Attributes:
        advice: what to do next.
    """

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice
