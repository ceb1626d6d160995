# Verifies a Portico webhook. `headers` has lower-case names; `body` is request.body.read, before any JSON parser.
require "openssl"

def verify_webhook(headers, body, secret, tolerance_seconds: 300, now: Time.now.to_i)
  verify_house(headers, body, secret, tolerance_seconds, now) || verify_standard(headers, body, secret, tolerance_seconds, now)
end

# X-Webhook-Signature: the body alone, keyed with the secret as printed.
def verify_house(headers, body, secret, tolerance_seconds, now)
  return false unless fresh?(headers["x-webhook-timestamp"], tolerance_seconds, now)

  same_text?("sha256=" + OpenSSL::HMAC.hexdigest("SHA256", secret, body), headers["x-webhook-signature"].to_s)
end

# webhook-signature (Standard Webhooks): id, timestamp and body, keyed with what the secret decodes to.
def verify_standard(headers, body, secret, tolerance_seconds, now)
  id, timestamp = headers["webhook-id"].to_s, headers["webhook-timestamp"]
  return false if id.empty? || !fresh?(timestamp, tolerance_seconds, now)

  key = secret.start_with?("whsec_") ? secret.delete_prefix("whsec_").unpack1("m") : secret
  digest = OpenSSL::HMAC.digest("SHA256", key, "#{id}.#{timestamp}.".b + body.b)
  expected = "v1," + [digest].pack("m0")
  headers["webhook-signature"].to_s.split(" ").any? { |signature| same_text?(expected, signature) }
end

def fresh?(timestamp, tolerance_seconds, now)
  /\A[0-9]{1,12}\z/.match?(timestamp.to_s) && (now - timestamp.to_i).abs <= tolerance_seconds
end

def same_text?(a, b)
  OpenSSL.secure_compare(a, b)
end
