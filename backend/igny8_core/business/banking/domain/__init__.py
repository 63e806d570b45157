"""Pure decisions about statements and what their lines match."""
