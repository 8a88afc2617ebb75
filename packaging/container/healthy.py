"""Whether the office's server in this container is well, for the container's health check: says what is wrong, and ends
with 1 then. KILOTILL_PORT: where it listens, if not at 8443."""

import json
import os
import ssl
import sys
from http.client import HTTPSConnection
from pathlib import Path

certificate = Path(os.environ.get("KILOTILL_OFFICE", "/var/lib/kilotill")) / "keys" / "tls.pem"
context = ssl.create_default_context(cafile=str(certificate))
context.check_hostname = False  # it is the office's own certificate, whatever the host is called
line = HTTPSConnection("127.0.0.1", int(os.environ.get("KILOTILL_PORT", "8443")), timeout=8, context=context)
line.request("GET", "/v1/health")
health = json.load(line.getresponse())
print(*health["problems"] or ["well"], sep="\n")
sys.exit(0 if health["ok"] else 1)
