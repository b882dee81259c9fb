"""What the network carries and tells: messages, how well calls are set up, and who had which address."""
