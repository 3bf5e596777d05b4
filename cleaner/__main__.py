"""`python -m cleaner` is the command `cleaner`."""

from cleaner.cli.main import main

main(prog_name="cleaner")
