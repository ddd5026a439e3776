"""Escalation live: ladders are climbed, cases opened, worked on and closed."""
