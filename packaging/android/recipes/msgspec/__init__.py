"""msgspec is written in C, and python-for-android has no recipe of its own for it."""

from pythonforandroid.recipe import PyProjectRecipe


class MsgspecRecipe(PyProjectRecipe):  # type: ignore[misc]  # python-for-android is where the tablet's app is built
    """Built from the sources that `requirements.source.msgspec` names."""

    version = "0.22.0"
    url = None
    site_packages_name = "msgspec"


recipe = MsgspecRecipe()
