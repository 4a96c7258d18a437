"""What it takes to hurt a server on purpose: bots that write, the ledger of what they were told, a disk that fails."""
