"""What is done to the ledger: one funnel for rows, and the operations on credits."""
