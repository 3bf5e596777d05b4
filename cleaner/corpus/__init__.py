"""Files in, files out.

The story, file by file. Reading: sources.py finds the files that were given and says what each is; unpack.py opens them, whatever they are
packed with; read.py cuts them into batches of raw records, with tables.py for CSV, Parquet and Arrow, and warc.py for web archives; fields.py
says which field of a record is its text, and makes it a Document; records.py puts these together. Writing: jsonlines.py turns records into
JSON, outputs.py gives files their names when they are whole. A run: work.py is what a worker does with a batch; store.py keeps
what is done, so that a run can be taken up again; learn.py reads the input for what its sites have in common; search.py finds duplicates
in the store; publish.py writes the results; run.py takes these steps in order, and summary.py says what came of them.
"""
