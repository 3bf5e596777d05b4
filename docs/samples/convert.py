"""Converts simplified articles to traditional ones, with OpenCC; build.py reads what this wrote and needs no OpenCC.

    python docs/samples/convert.py

Which articles: those that already have a file in source/traditional/ (to add one, make an empty file). The conversion
is left as OpenCC makes it, odd choices of character included: that is how the sites that live on it look.
"""

from __future__ import annotations

from pathlib import Path

from opencc import OpenCC

SOURCE = Path(__file__).resolve().parent / "source"

convert = OpenCC("s2twp").convert  # Taiwan standard, with Taiwan wording
for path in sorted((SOURCE / "traditional").glob("*.txt")):
    text = (SOURCE / "articles" / path.name).read_text(encoding="utf-8")
    path.write_text(convert(text).replace("[圖] ", "[图] "), encoding="utf-8", newline="\n")
    print(path.name)
