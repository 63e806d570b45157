"""Who may do what: accounts (tenants), users, operators, access keys, and the walls between tenants."""
