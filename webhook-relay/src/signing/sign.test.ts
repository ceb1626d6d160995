import { execFileSync, spawnSync } from 'node:child_process';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { newSecret, type SigningKeys, signingKeys } from './secret.ts';
import { type AttemptToSign, sign } from './sign.ts';

const hasPython = spawnSync('python3', ['--version'], { stdio: 'ignore' }).status === 0;

// Standard Webhooks' own vector.
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const vector: AttemptToSign = {
  eventId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  eventType: 'order.created',
  attempt: 3,
  timestampSeconds: 1614265330,
  body: Buffer.from('{"test": 2432232314}'),
  keys: signingKeys(SECRET),
};
const HOUSE = 'sha256=80ec8a89ce3cd22133a1066caecb4d04fea7467657c8514d717ec42c38a5c94c';
const STANDARD = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

/** The official library judges timestamps by the clock, so what it verifies is signed now. */
const signedNow = (changes: Partial<AttemptToSign> = {}): { body: Buffer; headers: Record<string, string> } => {
  const attempt = { ...vector, timestampSeconds: Math.floor(Date.now() / 1000), ...changes };
  return { body: attempt.body, headers: { ...sign(attempt) } };
};
const verifies = (secret: string, { body, headers }: { body: Buffer; headers: Record<string, string> }): boolean => {
  try {
    new Webhook(secret, secret.startsWith('whsec_') ? {} : { format: 'raw' }).verify(body, headers);
    return true;
  } catch {
    return false;
  }
};

describe('sign', () => {
  it('gives the published vector of Standard Webhooks, and the same attempt in both families', () => {
    expect(sign(vector)).toEqual({
      'X-Webhook-Id': vector.eventId,
      'X-Webhook-Event': 'order.created',
      'X-Webhook-Attempt': '3',
      'X-Webhook-Timestamp': '1614265330',
      'X-Webhook-Signature': HOUSE,
      'webhook-id': vector.eventId,
      'webhook-timestamp': '1614265330',
      'webhook-signature': STANDARD,
    });
  });

  it('keeps the id over retries and signs the time of each', () => {
    const [first, second] = [sign(vector), sign({ ...vector, attempt: 4, timestampSeconds: vector.timestampSeconds + 60 })];
    expect(second['webhook-id']).toBe(first['webhook-id']);
    expect(second['webhook-signature']).not.toBe(first['webhook-signature']);
    expect(second['X-Webhook-Signature']).toBe(first['X-Webhook-Signature']);
  });

  it('leaves the house header to the oldest secret during a rotation, and lists all in the Standard header, the newest first', () => {
    const [keys, interim] = [signingKeys(newSecret()), signingKeys(newSecret())];
    const headers = sign({ ...vector, keys, previousKeys: [vector.keys, interim] });
    expect(headers['X-Webhook-Signature']).toBe(HOUSE);
    const alone = (by: SigningKeys): string => sign({ ...vector, keys: by })['webhook-signature'];
    expect(headers['webhook-signature'].split(' ')).toEqual([alone(keys), alone(interim), STANDARD]);
  });

  it('is verified by the official library, with either secret during a rotation and with the new one alone after it', () => {
    const [old, next] = [newSecret(), newSecret()];
    const before = signedNow({ keys: signingKeys(old) });
    const during = signedNow({ keys: signingKeys(next), previousKeys: [signingKeys(old)] });
    const after = signedNow({ keys: signingKeys(next) });
    expect([verifies(old, before), verifies(next, before)]).toEqual([true, false]);
    expect([verifies(old, during), verifies(next, during)]).toEqual([true, true]);
    expect([verifies(old, after), verifies(next, after)]).toEqual([false, true]);
  });

  it('is verified by the official library with a secret that a partner chose', () => {
    const secret = 'correct horse battery staple'.replaceAll(' ', '-');
    expect(verifies(secret, signedNow({ keys: signingKeys(secret) }))).toBe(true);
  });

  it('signs bytes, not text: a body that is no UTF-8 keeps its signature', () => {
    const body = Buffer.from([0xff, 0x00, 0xfe]);
    expect(sign({ ...vector, body })['X-Webhook-Signature']).not.toBe(
      sign({ ...vector, body: Buffer.from(body.toString()) })['X-Webhook-Signature'],
    );
  });

  it.skipIf(!hasPython)('is verified by the sample of the specification (needs python3)', () => {
    const ask = (body: Buffer, signature: string, secret: string): string =>
      execFileSync(
        'python3',
        ['-c', `${SPECIFIED}\nimport sys\nprint(verify_webhook(sys.stdin.buffer.read(), sys.argv[1], sys.argv[2]))`, signature, secret],
        {
          input: body,
        },
      )
        .toString()
        .trim();
    const signature = sign(vector)['X-Webhook-Signature'];
    const answers = [
      ask(vector.body, signature, SECRET),
      ask(Buffer.from('{"test":2432232314}'), signature, SECRET),
      ask(vector.body, signature, newSecret()),
    ];
    expect(answers).toEqual(['True', 'False', 'False']);
  });
});

/** As the specification prints it. */
const SPECIFIED = `import hmac
import hashlib
def verify_webhook(payload: bytes, signature: str, secret: str) -> bool:
    expected = hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"sha256={expected}", signature)`;
