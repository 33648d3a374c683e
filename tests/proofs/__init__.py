"""Proofs of the money's exactness that grow with the time they are given: a sample by `make test`, all by `make prove`.

Tests marked `proof`, here or elsewhere, ask `tests.proofs.scale` how much they are to do.
"""
