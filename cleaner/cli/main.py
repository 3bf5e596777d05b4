"""The command `cleaner`: finds the command that was asked for, and turns every error into one line and an exit code.

    0    done
    1    failed
    2    wrong usage, a wrong configuration or rules file, or a rule of a user's own that takes too long
    3    done, but some records were rejected
    130  interrupted

Library code is imported by the commands when they run, so that `cleaner --help` stays quick.
"""

from __future__ import annotations

import atexit
import gc
import os
from difflib import get_close_matches
from typing import Any

import click

from cleaner import __version__
from cleaner.cli.clean import clean
from cleaner.cli.config import config
from cleaner.cli.dedup import dedup
from cleaner.cli.explain import explain
from cleaner.cli.run import run
from cleaner.cli.sites import sites
from cleaner.cli.terminal import open_closed_streams, silence_stdout, visible
from cleaner.errors import CleanerError, ConfigError

__all__ = ["main"]


class _Group(click.Group):
    """A group that knows what this library raises and what people mistype."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None and not ctx.resilient_parsing:
            near = get_close_matches(name, self.list_commands(ctx), n=1)
            if near:
                hint = f"Did you mean {near[0]!r}?"
            elif name == "-" or os.path.exists(name):
                hint = f"Did you mean 'cleaner clean {visible(name)}'?"
            else:
                hint = f"Commands are {', '.join(self.list_commands(ctx))}."
            ctx.fail(f"No such command '{visible(name)}'. {hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        open_closed_streams()
        try:
            return super().invoke(ctx)
        except CleanerError as error:
            said = ": ".join([*getattr(error, "__notes__", ()), str(error)])
            click.echo(f"Error: {visible(said)}", err=True)
            ctx.exit(2 if isinstance(error, ConfigError) else 1)
        except KeyboardInterrupt:
            click.echo("Interrupted.", err=True)
            ctx.exit(130)
        except BrokenPipeError:
            silence_stdout()  # the reader has all it wanted
            ctx.exit(0)
        except OSError as error:  # a full disk behind stdout, say
            silence_stdout()
            click.echo(f"Error: {visible(str(error))}", err=True)
            ctx.exit(1)


os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
"""NumPy multiplies no large matrices here: its threads, one a core, would take a tenth of a second of processor time to be made."""

atexit.register(gc.freeze)
"""What a command leaves behind goes with its process: to look for cycles in it, in what numba made above all, would take 0.3 s."""


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", prog_name="cleaner")
def main() -> None:
    """Scraped articles in, a clean corpus out: removes what a site put around an article, finds duplicates, and says why."""


main.add_command(run)
main.add_command(clean)
main.add_command(dedup)
main.add_command(explain)
main.add_command(sites)
main.add_command(config)
