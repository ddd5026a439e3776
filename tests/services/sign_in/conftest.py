"""Passwords that cost little to check, where it does not matter what they cost."""

from tests.services.sign_in.cheap_passwords import cheap_passwords

__all__ = ["cheap_passwords"]
