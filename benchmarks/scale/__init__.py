"""How time and memory grow with what is given: with articles, with the length of a text, with the bytes of a run."""
