"""One page in, one Article out.

The story, file by file: lines.py cuts a text into lines that know their place in the input; probe.py gives the form in which they are
looked at; rules.py asks of each what it is (the rules are data in rules/), needs.py reads off a pattern what it cannot do without,
prefilter.py finds out by it which rules are worth asking, and look.py does this for a page; repeats.py finds what stands twice; shape.py
measures the page, features.py makes evidence of it, block.py chooses the body by it, ends.py moves where that begins and ends (by series.py on
through what was put into an article), and label.py decides on each line; unwrap.py joins lines that a fixed width broke. title.py and
headline.py find the title; metadata.py reads what else the removed lines say (judged.py has them in order; dates.py, bylines.py with names.py,
sitename.py and fields.py each know one thing). paragraphs.py is the page in between, and clean.py takes the steps in order. markup.py
turns HTML into lines, and says what else it knows of them; site.py holds what many pages of a site have in common, and learn.py learns
it; spread.py and worker.py share the work out to processes.
"""
