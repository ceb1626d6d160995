<?php
// Verifies a Portico webhook. $headers has lower-case names; $body is file_get_contents('php://input'), before any JSON parser.

function verify_webhook(array $headers, string $body, string $secret, int $toleranceSeconds = 300, ?int $now = null): bool
{
    $now ??= time();
    return verify_house($headers, $body, $secret, $toleranceSeconds, $now)
        || verify_standard($headers, $body, $secret, $toleranceSeconds, $now);
}

/** X-Webhook-Signature: the body alone, keyed with the secret as printed. */
function verify_house(array $headers, string $body, string $secret, int $toleranceSeconds, int $now): bool
{
    if (!is_fresh($headers['x-webhook-timestamp'] ?? '', $toleranceSeconds, $now)) {
        return false;
    }
    $expected = 'sha256=' . hash_hmac('sha256', $body, $secret);
    return hash_equals($expected, $headers['x-webhook-signature'] ?? '');
}

/** webhook-signature (Standard Webhooks): id, timestamp and body, keyed with what the secret decodes to. */
function verify_standard(array $headers, string $body, string $secret, int $toleranceSeconds, int $now): bool
{
    $id = $headers['webhook-id'] ?? '';
    $timestamp = $headers['webhook-timestamp'] ?? '';
    if ($id === '' || !is_fresh($timestamp, $toleranceSeconds, $now)) {
        return false;
    }
    $key = str_starts_with($secret, 'whsec_') ? base64_decode(substr($secret, 6)) : $secret;
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
    foreach (explode(' ', $headers['webhook-signature'] ?? '') as $signature) {
        if (hash_equals($expected, $signature)) {
            return true;
        }
    }
    return false;
}

function is_fresh(string $timestamp, int $toleranceSeconds, int $now): bool
{
    return preg_match('/\A[0-9]{1,12}\z/', $timestamp) === 1 && abs($now - (int) $timestamp) <= $toleranceSeconds;
}
