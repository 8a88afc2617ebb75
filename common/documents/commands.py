"""A function's parameters for a command line that reads them: its own, and options that many commands share."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

Option = tuple[Any, Any]
"""An option's annotated type, and its default."""


def extended(
    run: Callable[..., None], function: Callable[..., object], context: type, options: Mapping[str, Option]
) -> Callable[..., None]:
    """`run`, which takes anything, as a function that says what it takes: the context first, what `function` takes,
    and these options by name."""
    first = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=context)
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in options.items()
    ]
    parameters = [first, *inspect.signature(function).parameters.values(), *added]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # command lines read it
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__doc__ = function.__doc__
    return run
