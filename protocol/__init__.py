"""The wire: constants, quantities, messages, codec and the readable snapshot reference; no I/O and no clock."""
