"""Makes the project's own corpus: from content to file and golden, so that the two cannot disagree.

The way of one CV: a row of `matrix.csv` says who and in what style (`plan`); the banks give the content
(`compose`, `people`); `flow` turns content and style into a page of lines; a producer (`render_*`) makes the file,
and `expect` makes the golden of the same content and style. `build` runs them all. Needs the extra `build`, and
LibreOffice for some producers; nobody who only runs the harness needs either, since built files are committed.
"""
