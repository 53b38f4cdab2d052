"""What a printed value means: normalising text, dates, aliases, and finding a value in a CV's text.

Nothing here knows the contract, answers or goldens.
"""
