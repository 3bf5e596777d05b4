"""The options that commands share: how pages are cleaned, how duplicates are searched, what is read and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from cleaner.config import CleanConfig, DedupConfig, RunConfig

    _Config = TypeVar("_Config", CleanConfig, DedupConfig)

__all__ = [
    "FORMATS",
    "cleaning_options",
    "output_options",
    "read_config",
    "read_run_config",
    "read_settings",
    "reading_options",
    "run_options",
    "search_options",
]

FORMATS = ("auto", "text", "jsonl", "html", "csv", "parquet", "arrow", "warc")

_F = TypeVar("_F", bound=Callable[..., Any])


def _config_option(table: str) -> Callable[[_F], _F]:
    return click.option(
        "--config",
        metavar="FILE",
        help=f"A TOML file whose [{table}] table holds these settings. Options given here go before it.",
    )


_FORMAT = click.option(
    "--input-format",
    type=click.Choice(FORMATS),
    help="What the input is. auto goes by the file's name, or by its first bytes.  [default: auto]",
)
_SITES = click.option("--sites", metavar="FILE", help="What was learned of sites: see `cleaner sites learn`.")

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
        help="Whether texts that are alike but differ in figures, ordinals, days or names are two articles."
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
        "--prefer-sites",
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
)

_THREADS = click.option("--jobs", type=int, help="Threads; the result does not depend on it.  [default: 0, one a core]")

_READING = (
    _FORMAT,
    *(
        click.option(f"--{role}-field", metavar="NAME", help=f"Field of a record that {what}.")
        for role, what in (
            ("text", "holds its text  [default: text, content, body …]"),
            ("html", "holds its HTML  [default: html, raw_html …, where there is no text]"),
            ("id", "holds its id  [default: id, _id …; else a hash of address or content]"),
            ("url", "holds its address  [default: url, link …]"),
            ("title", "holds its title  [default: title, headline …]"),
            ("site", "names its site, for pages without address  [default: site, domain …]"),
        )
    ),
    click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Read the first N records only."),
    click.option("--max-record", metavar="BYTES", type=int, help="Reject longer records.  [default: 16000000]"),
)

_WRITING = (
    click.option(
        "--learn/--no-learn",
        default=None,
        help="Whether the chrome of each site is learned from its pages first.  [default: learn]",
    ),
    _SITES,
    click.option("--format", type=click.Choice(["jsonl", "parquet"]), help="Write articles so.  [default: jsonl]"),
    click.option(
        "--shard-bytes", metavar="BYTES", type=int, help="Cut articles into files of this size.  [default: 1000000000]"
    ),
    click.option(
        "--batch-bytes",
        metavar="BYTES",
        type=int,
        help="Give a process so much of the input at once; the result does not depend on it.  [default: 2000000]",
    ),
    click.option("--jobs", type=int, help="Processes; the result does not depend on it.  [default: 0, one a core]"),
)

_RUN_CONFIG = click.option(
    "--config",
    metavar="FILE",
    help="A TOML file with tables [run], [clean] and [dedup]; see `cleaner config`. Options given here go before it.",
)

_OUTPUT = (
    click.option("--overwrite", is_flag=True, help="Replace files to be written that exist."),
    click.option(
        "--on-error",
        type=click.Choice(["skip", "stop"]),
        help="What to do at a record that cannot be read: report it and go on, or stop.  [default: skip]",
    ),
)


def _add(options: Iterable[Callable[[_F], _F]], command: _F) -> _F:
    for option in reversed([*options]):
        command = option(command)
    return command


def cleaning_options(command: _F) -> _F:
    """Adds the options that say how a page is read and cleaned."""
    return _add((*_CLEANING, _config_option("clean"), _FORMAT, _SITES), command)


def search_options(command: _F) -> _F:
    """Adds the options that say how articles are read and duplicates searched."""
    return _add((*_SEARCH, _THREADS, _config_option("dedup"), _FORMAT), command)


def run_options(command: _F) -> _F:
    """Adds all settings of a run."""
    return _add((*_READING, *_WRITING, *_CLEANING, *_SEARCH, _RUN_CONFIG, *_OUTPUT), command)


def reading_options(command: _F) -> _F:
    """Adds the options that say what is read, and which field of a record is what."""
    return _add(_READING, command)


def output_options(command: _F) -> _F:
    """Adds the options that say what becomes of files that exist and records that cannot be read."""
    return _add(_OUTPUT, command)


def read_run_config(file: str | None, given: Mapping[str, Any]) -> RunConfig:
    """The settings of a run: those of a config file, if any, with those given on the command line in their place.

    Raises ConfigError.
    """
    from dataclasses import fields, replace

    from cleaner.config import CleanConfig, DedupConfig, RunConfig, load_run_config

    base = load_run_config(file) if file else RunConfig()
    said = {name: value for name, value in given.items() if value not in (None, ())}

    def part(kind: type, skip: tuple[str, ...] = ()) -> dict[str, Any]:
        return {item.name: said[item.name] for item in fields(kind) if item.name in said and item.name not in skip}

    return replace(
        base,
        **part(RunConfig),
        clean=replace(base.clean, **part(CleanConfig)),
        dedup=replace(base.dedup, **part(DedupConfig, ("jobs",))),
    )


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
