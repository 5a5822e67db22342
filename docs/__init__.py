"""The pages of the documentation, and the programs that fill and illustrate them."""
