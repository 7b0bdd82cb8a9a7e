"""The words that every room shares: layers, kinds, values, addresses, findings. Standard library only."""
