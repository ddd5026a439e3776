"""The shipped policy `sme_simple` replayed by a kernel written by hand for it and for ledgers of one shape: a peer."""
