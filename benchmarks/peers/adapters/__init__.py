"""How each peer is called: a module each, a function a task; standard library and the peer only, for some live in environments without ours.

A function takes texts and the options of a contender in `peers.toml`. `normalize`, `clean_text`, `clean_html` and `metadata` yield
one result a text; `signatures` returns how many it made; `dedup` returns a pair (place of the text that goes, place of the one that
is kept for it) for each duplicate.
"""
