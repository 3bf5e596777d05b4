"""The options that all commands share: how a page is cleaned."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from cleaner.config import CleanConfig

__all__ = ["FORMATS", "cleaning_options", "read_config"]

FORMATS = ("auto", "text", "jsonl")

_F = TypeVar("_F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--strength",
        type=click.Choice(["safe", "standard", "strict"]),
        help="How much evidence a removal needs: safe asks for the most, strict for the least.  [default: standard]",
    ),
    click.option(
        "--script",
        type=click.Choice(["keep", "hans", "hant"]),
        help="Convert the text to simplified (hans) or traditional (hant) characters.  [default: keep]",
    ),
    click.option(
        "--punctuation",
        type=click.Choice(["keep", "chinese"]),
        help="Make half-width marks between Chinese characters full-width again (chinese).  [default: keep]",
    ),
    click.option(
        "--rules",
        metavar="FILE",
        multiple=True,
        help="A TOML file with rules of your own, asked before the built-in ones. Can be given several times.",
    ),
    click.option(
        "--config",
        metavar="FILE",
        help="A TOML file whose [clean] table holds these settings. Options given here go before it.",
    ),
    click.option(
        "--format",
        type=click.Choice(FORMATS),
        default="auto",
        show_default=True,
        help="What the input is. auto goes by the file's name, or by its first character: { begins JSONL.",
    ),
)


def cleaning_options(command: _F) -> _F:
    """Adds the options that say how a page is read and cleaned."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_config(config: str | None, rules: tuple[str, ...], **given: str | None) -> CleanConfig:
    """The settings of a config file, if any, with those given on the command line in their place.

    Raises ConfigError.
    """
    from dataclasses import replace

    from cleaner.config import CleanConfig, load_config
    from cleaner.errors import ConfigError

    settings: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if rules:
        settings["rules"] = rules
    try:
        base = load_config(config) if config else CleanConfig()
    except ConfigError as error:
        if str(config) in str(error):
            raise
        raise ConfigError(f"{config}: {error}") from None
    return replace(base, **settings)
