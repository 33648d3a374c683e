"""Mutation testing of the money's core: one small mistake at a time, and the tests must notice each.

`python -m tests.mutation money` tries the mistakes in files whose names contain the word, all without one. `make prove`
tries all. Known tools fit badly: mutmut 3 leaves tables and constants of modules alone, which here are the rules, and
cosmic-ray starts the tests anew for each mistake, when Django and a database alone take many seconds.
"""
