"""The command line: reads options and files, asks the library, writes what it answers; no logic of its own."""
