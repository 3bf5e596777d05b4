"""Text in, text out: this room knows nothing of articles.

`decode` makes bytes text; `normalize` makes text plain; `detect_script` tells simplified from traditional, and
`convert` takes one to the other; `fold` gives the form in which two texts are compared. Each does nothing where nothing
is to do, and none raises anything but the errors of `cleaner.errors`.

The story, file by file: decode.py; then normalize.py, whose table of STEPS draws on mojibake.py, entities.py,
characters.py, script.py and punctuation.py; then fold.py. What they look up stands in data/, read by tables.py. Heavy
libraries (ftfy, OpenCC, NumPy) are imported by the first text that needs them.
"""

from __future__ import annotations

from cleaner.text.decode import decode
from cleaner.text.fold import FOLD_VERSION, fold, fold_table
from cleaner.text.normalize import LINE_END, STEPS, Step, active_steps, normalize, normalize_and_explain, replay
from cleaner.text.script import convert, detect_script

__all__ = [
    "FOLD_VERSION",
    "LINE_END",
    "STEPS",
    "Step",
    "active_steps",
    "convert",
    "decode",
    "detect_script",
    "fold",
    "fold_table",
    "normalize",
    "normalize_and_explain",
    "replay",
]
