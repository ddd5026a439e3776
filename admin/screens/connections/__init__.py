"""Connections to other systems: set up step by step, mapped, pulled and looked after."""
