"""What was done by whom, kept so that nobody can change it unseen: a hash chain, signed checkpoints, a verifier."""
