"""The options that commands share: how pages are cleaned, how duplicates are searched, what is read and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from cleaner.config import CleanConfig, DedupConfig

    _Config = TypeVar("_Config", CleanConfig, DedupConfig)

__all__ = ["FORMATS", "cleaning_options", "output_options", "read_config", "read_settings", "search_options"]

FORMATS = ("auto", "text", "jsonl")

_F = TypeVar("_F", bound=Callable[..., Any])


def _config_option(table: str) -> Callable[[_F], _F]:
    return click.option(
        "--config",
        metavar="FILE",
        help=f"A TOML file whose [{table}] table holds these settings. Options given here go before it.",
    )


_FORMAT = click.option(
    "--format",
    type=click.Choice(FORMATS),
    default="auto",
    show_default=True,
    help="What the input is. auto goes by the file's name, or by its first character: { begins JSONL.",
)

_CLEANING = (
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
    _config_option("clean"),
    _FORMAT,
)


def _number_or_word(_context: click.Context, _option: click.Parameter, value: str | None) -> float | str | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return value


def _split_names(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for value in values for part in value.split(",") if (name := part.strip()))


_SEARCH = (
    click.option(
        "--threshold",
        type=float,
        help="Jaccard similarity from which two texts are one article, over 0 and up to 1.  [default: 0.8]",
    ),
    click.option(
        "--containment",
        metavar="NUMBER|auto|off",
        callback=_number_or_word,
        help="Share of the shorter text that stands in the longer one, from which they are one article; off asks for"
        " the threshold alone, auto is 2 * threshold - 1, and 0.6 at least.  [default: auto]",
    ),
    click.option(
        "--compare-facts/--no-compare-facts",
        default=None,
        help="Whether texts that are alike but differ in figures, ordinals or names are two articles."
        "  [default: compare-facts]",
    ),
    click.option(
        "--prefer",
        metavar="NAMES",
        multiple=True,
        callback=_split_names,
        help="Which article is kept: criteria in order, with commas between them."
        "  [default: longest,complete,earliest,sites,id]",
    ),
    click.option(
        "--sites",
        metavar="NAMES",
        multiple=True,
        callback=_split_names,
        help="Preferred sites, best first: names or domains, with commas between them, or the option given several times.",
    ),
    click.option(
        "--paragraphs",
        type=click.Choice(["keep", "mark", "drop"]),
        help="Paragraphs that stand in several articles: leave them, find them (mark; see --repeated), or take all but"
        " the first copy out (drop).  [default: keep]",
    ),
    click.option("--min-articles", type=int, help="In so many articles such a paragraph must stand.  [default: 3]"),
    click.option("--num-perm", type=int, help="Permutations of a signature.  [default: 128]"),
    click.option("--seed", type=int, help="Seed of the permutations.  [default: 1]"),
    click.option("--jobs", type=int, help="Threads; the result does not depend on it.  [default: 0, one a core]"),
    _config_option("dedup"),
    _FORMAT,
)

_OUTPUT = (
    click.option("--overwrite", is_flag=True, help="Replace files to be written that exist."),
    click.option(
        "--on-error",
        type=click.Choice(["skip", "stop"]),
        default="skip",
        show_default=True,
        help="What to do at a record that cannot be read: report it and go on, or stop.",
    ),
)


def _add(options: Iterable[Callable[[_F], _F]], command: _F) -> _F:
    for option in reversed([*options]):
        command = option(command)
    return command


def cleaning_options(command: _F) -> _F:
    """Adds the options that say how a page is read and cleaned."""
    return _add(_CLEANING, command)


def search_options(command: _F) -> _F:
    """Adds the options that say how articles are read and duplicates searched."""
    return _add(_SEARCH, command)


def output_options(command: _F) -> _F:
    """Adds the options that say what becomes of files that exist and records that cannot be read."""
    return _add(_OUTPUT, command)


def read_config(config: str | None, rules: tuple[str, ...], **given: str | None) -> CleanConfig:
    """How pages are cleaned: see `read_settings`."""
    from cleaner.config import CleanConfig

    return read_settings(CleanConfig, config, {**given, "rules": rules})


def read_settings(kind: type[_Config], file: str | None, given: Mapping[str, Any]) -> _Config:
    """The settings of a config file, if any, with those given on the command line (not None and not empty) in their place.

    Raises ConfigError.
    """
    from dataclasses import replace

    from cleaner.config import load_config
    from cleaner.errors import ConfigError

    try:
        base = load_config(file, kind) if file else kind()
    except ConfigError as error:
        if str(file) in str(error):
            raise
        raise ConfigError(f"{file}: {error}") from None
    return replace(base, **{name: value for name, value in given.items() if value not in (None, ())})
