"""What runs without anybody asking: installation, due deadlines, the audit's sealer, the sending of notices."""
