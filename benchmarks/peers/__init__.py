"""Who is measured (`peers.toml`), where each is installed, and how each is called: in a process of its own, ours too."""
