"""The readers: one module per file type, and what they share (limits, cleaning, gate, child processes, cache).

Files are hostile input: the type is told by the bytes, limits are checked before a parser sees them, and
parsing happens in a killable child process. Everything outside this package uses `harness.corpus.text`.
"""
