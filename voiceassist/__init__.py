"""voiceassist: listens to both sides of a live phone call and helps while it still matters."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("voiceassist")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0+unknown"
