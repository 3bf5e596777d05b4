"""Many articles in, duplicates out.

The story, file by file: texts.py takes what a user gives apart into columns; shingles.py says what texts are compared by, and facts.py what
tells articles of one template apart; kernels.py computes that, compiled; minhash.py makes signatures of it; sketch.py reads every text
once and keeps what the search needs; lsh.py finds candidates for near duplicates, contain.py those for containment; verify.py counts
what each pair shares, and verdict.py says what that makes of it; cluster.py chooses which article is kept; result.py holds what came
of it. compare.py shows two texts side by side, paragraphs.py finds paragraphs that stand in many articles, and search.py takes the
steps in order.
"""
