"""Writes the wire in the clients' languages: one model of it, one module a language."""
