"""What the project is made of: locked, listed, audited."""
