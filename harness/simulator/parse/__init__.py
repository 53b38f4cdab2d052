"""Reading a CV from its text by rules: what a careful reader would find, before any error is made.

`parse.cv.parse_cv(text)` is the way in. The rules know section wordings, date spellings and layouts of several
languages; they know nothing of any corpus.
"""
