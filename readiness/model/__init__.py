"""The facts, validated: what importers produce, the store keeps and the core decides from."""
