"""Who may come in: the join tickets the front desk signs and the gateway redeems."""
