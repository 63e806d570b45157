"""Tables (CSV and XLSX), read with the profile that an operator defined for the bank."""

from igny8_core.business.banking.formats.csv_profile.reader import Preview, preview, read_csv, read_xlsx

__all__ = ["Preview", "preview", "read_csv", "read_xlsx"]
