"""From facts to a verdict: packet, findings, verdict, remediation, due history. Pure."""
