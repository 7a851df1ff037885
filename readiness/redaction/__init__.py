"""What is replaced in a text before it is stored. Pure."""
