"""Proofs of the money's exactness that grow with their time: a sample by `make test`, all by `make prove`."""
