"""The settings file that a new operator begins with."""

from __future__ import annotations

from digest.assets import folder

_STARTER_HEAD = """\
# Settings of your digest. Every line behind a "#" is the default: take the "#" away to change it.
# What most people change: categories and contact under [arxiv]; to send mail, base_url and [mail]. Then: digest daily
# The environment goes over this file: DIGEST_MAIL__SMTP_PASSWORD=… keeps a password out of it.

"""


def starter_file() -> str:
    """A digest.toml that changes nothing: the shipped one with every value behind a `#`."""
    shipped = (folder("config") / "digest.toml").read_text(encoding="utf-8")
    _, _, body = shipped.partition("\n\n")
    lines = [line if not line or line[0] in "#[" else f"# {line}" for line in body.splitlines()]
    return _STARTER_HEAD + "\n".join(lines) + "\n"
