"""One page in, one Article out.

The story, file by file: lines.py cuts a text into lines that know their place in the input; probe.py gives the form in which they are
looked at; rules.py asks of each what it is (the rules are data in rules/), needs.py reads off a pattern what it cannot do without,
prefilter.py finds out by it which rules are worth asking, and look.py does this for a page; repeats.py finds what stands twice; shape.py
measures the page, features.py makes evidence of it, block.py chooses the body by it, ends.py moves where it begins and ends, and label.py decides on each line; unwrap.py joins
lines that a fixed width broke; metadata.py (with names.py and dates.py) reads what the removed lines say. paragraphs.py is the page in
between, and clean.py takes the steps in order. markup.py turns HTML into lines, and says what else it knows of them; site.py holds what
many pages of a site have in common, and learn.py learns it; spread.py and worker.py share the work out to processes.
"""
