"""Pulls of CRMs at work, each in a process of its own, and the loop that they are compared with."""
