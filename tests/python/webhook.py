"""Verifies and signs webhooks, independently of the crate. Reads JSON from standard input, one case to a line.

{"secret", "body" (hex), "signature"} answers true or false; without "signature", the signature.
"""

import hashlib
import hmac
import json
import sys


def sign(secret, body):
    return "sha256=" + hmac.new(secret.encode("utf-8"), body, hashlib.sha256).hexdigest().upper()


def verify(secret, body, signature):
    scheme, _, digits = signature.partition("=")
    return scheme == "sha256" and hmac.compare_digest("sha256=" + digits.upper(), sign(secret, body))


for line in sys.stdin:
    case = json.loads(line)
    body = bytes.fromhex(case["body"])
    if "signature" in case:
        answer = verify(case["secret"], body, case["signature"])
    else:
        answer = sign(case["secret"], body)
    print(json.dumps(answer))
