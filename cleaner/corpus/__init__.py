"""Files in, files out.

The story, file by file. Reading: sources.py finds the files that were given and says what each is; unpack.py opens them, whatever they are
packed with; read.py cuts them into batches (batch.py) of raw records, with tables.py for CSV, Parquet and Arrow, and warc.py for web archives; fields.py
says which field of a record is its text, and makes it a Document; records.py puts these together. Writing: jsonlines.py turns records into
JSON, outputs.py gives files their names when they are whole. A run: plan.py says what is to be done, and workspace.py whose a folder is and
how results get their names; work.py is what a worker does with a batch, and columns.py what it answers; store.py keeps what is done, so that a
run can be taken up again; search.py finds duplicates in the store; publish.py, with articles.py, writes the results; run.py takes these
steps in order. reader.py gives the records of files to commands that need no run, and preview.py looks at the first ones.
"""
