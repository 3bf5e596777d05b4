"""`cleaner config`: the settings in force, as a file to start from."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import click

__all__ = ["config"]

_WIDTH = 100


@click.command(short_help="Print the settings in force, a comment each.")
@click.option("--config", "file", metavar="FILE", help="A TOML file whose settings go before the defaults.")
def config(*, file: str | None) -> None:
    """Print all settings of a run as TOML, with what each of them does: save it, change it, and give it with --config."""
    from cleaner.cli.options import read_run_config

    settings = read_run_config(file, {})
    rules = tuple(map(os.path.abspath, settings.clean.rules))  # a file that this is saved to may lie elsewhere
    sites = os.path.abspath(settings.sites) if settings.sites else ""
    click.echo("\n".join(_lines(replace(settings, sites=sites, clean=replace(settings.clean, rules=rules)))))


def _lines(settings: Any) -> Iterator[str]:
    from textwrap import wrap

    from cleaner.config import describe

    for table, part in (("run", settings), ("clean", settings.clean), ("dedup", settings.dedup)):
        yield (
            ""
            if table != "run"
            else "# Settings of `cleaner run`; those of [clean] and [dedup] are read by `cleaner clean` and `cleaner dedup`, too."
        )
        yield f"[{table}]"
        for name, what in describe(type(part)).items():
            value = getattr(part, name)
            if name in ("clean", "dedup") and table == "run":
                continue
            yield from (f"# {line}" for line in wrap(what, _WIDTH))
            yield f"{name} = {_toml(value)}"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
