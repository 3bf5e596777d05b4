"""How fast the library is, and how cost grows with the text."""
