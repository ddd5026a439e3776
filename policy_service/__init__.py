"""Credit policies as data: read, checked, decided by two engines that must agree, explained."""

__version__ = "0.1.0"
