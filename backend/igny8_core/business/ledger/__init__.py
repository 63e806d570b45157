"""Double entry per account and currency, and credits as a unit of their own: what every amount is and where it went."""
