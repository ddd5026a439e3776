"""How people sign in to the console: with a password of their own, for as long as they are at work."""
