"""Changes of a CV whose effect on a right answer is known, so that an answer can be judged without a golden.

A relation is a small pure function from a CV's text (and an answer to it, which says what stands where) to a changed
text and the change that the answer must show. Nothing here asks a model, reads a file or knows a page.
"""
