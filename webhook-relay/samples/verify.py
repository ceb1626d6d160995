"""Verifies a Portico webhook. `headers` has lower-case names; `body` is the bytes as they came, before any JSON parser."""

import base64
import hashlib
import hmac
import re
import time


def verify_webhook(headers, body, secret, tolerance_seconds=300, now=None):
    now = time.time() if now is None else now
    return verify_house(headers, body, secret, tolerance_seconds, now) or verify_standard(
        headers, body, secret, tolerance_seconds, now
    )


def verify_house(headers, body, secret, tolerance_seconds, now):
    """X-Webhook-Signature: the body alone, keyed with the secret as printed."""
    if not _fresh(headers.get("x-webhook-timestamp", ""), tolerance_seconds, now):
        return False
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return _equal(expected, headers.get("x-webhook-signature", ""))


def verify_standard(headers, body, secret, tolerance_seconds, now):
    """webhook-signature (Standard Webhooks): id, timestamp and body, keyed with what the secret decodes to."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not _fresh(timestamp, tolerance_seconds, now):
        return False
    key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
    content = f"{message_id}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return any(_equal(expected, signature) for signature in headers.get("webhook-signature", "").split(" "))


def _fresh(timestamp, tolerance_seconds, now):
    return re.fullmatch("[0-9]{1,12}", timestamp) is not None and abs(now - int(timestamp)) <= tolerance_seconds


def _equal(a, b):
    return hmac.compare_digest(a.encode(), b.encode())
