"""Many articles in, duplicates out.

The story, file by file: texts.py takes what a user gives apart into columns; shingles.py says what texts are compared by, and facts.py what
tells articles of one template apart; kernels.py and pair_kernels.py are the loops over these, compiled by compiled.py, plain.py is the
same in NumPy, loops.py takes the one or the other, and ahead.py loads them beside other work; minhash.py makes signatures; sketch.py
reads every text once and keeps what the search needs, and scratch.py lays large arrays into files; lsh.py finds candidates for near
duplicates, contain.py those for containment; verify.py counts what each pair shares, and verdict.py says what that makes of it; cluster.py
chooses which article is kept. search.py takes these steps in order, and result.py holds what came of it. compare.py shows two texts side
by side; paragraphs.py finds paragraphs that stand in many articles, and edit.py takes them out; dedup.py is what users call.
"""
