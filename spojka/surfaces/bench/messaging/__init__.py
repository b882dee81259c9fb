"""Messages measured as programs meet them: real processes, mutual TLS, a simulated SMS centre, and Kannel beside."""
