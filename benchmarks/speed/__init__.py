"""How fast the library is, beside its peers, task by task and from files to files."""
