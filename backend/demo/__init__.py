"""What only a demo needs: its data, made through the services, and a bank's statement of it. No demo, no such app."""
