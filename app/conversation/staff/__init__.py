"""Working by text message: what a member texts, and what she is answered."""
