"""Lots: how units come into arms. One way a file; all draws have an address, all reads are of the record."""
