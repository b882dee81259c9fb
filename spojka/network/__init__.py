"""What the network tells about itself: how well calls are set up, and who had which address."""
