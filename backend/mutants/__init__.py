"""Small faults planted in the code that decides about money, to see which of them no test notices."""
