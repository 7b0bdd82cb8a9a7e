"""Live AWS accounts: what is asked, how, and what is written down of the answers."""
