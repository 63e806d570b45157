"""Who may do what: accounts (tenants), users, operators, access keys, and what separates the tenants."""
