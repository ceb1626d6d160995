import { describe, expect, it } from 'vitest';
import { come, foreign, jwkOf, KID, make, own, RECORD, seconds, setUp, withToken } from './bearer-testing.ts';

describe('a bearer token', () => {
  it('opens the API with what it permits', async () => {
    const set = setUp();
    const { credentials, caller } = await come(set, withToken(make()));
    expect(credentials).toEqual({ record: RECORD, scopes: new Set(['orders:read']) });
    expect(caller).toMatchObject({ accountId: 'acct_1', mode: 'test', actor: 'client_1' });
    expect(set.asked.touched).toEqual(['client_1']);
  });

  it('beside a key of its account and mode leaves the key in charge; of another mode it is refused', async () => {
    const { credentials } = await come(setUp(), [['X-API-Key', 'k'], ...withToken(make())]);
    expect(credentials?.record.id).toBe('key_1');
    const live = setUp({ apiKeyOf: { accountId: 'acct_1', mode: 'live' } });
    await expect(come(live, [['X-API-Key', 'k'], ...withToken(make())])).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
  });
});

describe('a token that was verified', () => {
  it('is looked up once however many bring it, and answered at once afterwards', async () => {
    const { bearer, asked } = setUp();
    const token = make();
    await Promise.all(Array.from({ length: 20 }, () => bearer.authenticate(token)));
    expect(bearer.authenticate(token)).not.toBeInstanceOf(Promise);
    expect([asked.clients, asked.keys]).toEqual([1, 1]);
  });

  it('ends with its time, though it is still kept', async () => {
    const { bearer, advance } = setUp();
    const token = make({ claims: { exp: seconds + 20 } });
    await bearer.authenticate(token);
    advance(21_000);
    expect(() => bearer.authenticate(token)).toThrow(/expired/);
  });

  it.each(['client_1', 'tok_1', 'fam_1', KID, '*'])('is looked at anew when %s is told to have changed', async (id) => {
    const set = setUp();
    const token = make();
    await set.bearer.authenticate(token);
    set.state.revoked = ['fam_1'];
    set.announce('client_other');
    expect(set.bearer.authenticate(token)).not.toBeInstanceOf(Promise);
    set.announce(id);
    await expect(set.bearer.authenticate(token)).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
  });

  it('is not kept when a change came in while it was verified', async () => {
    const set = setUp();
    const token = make();
    const first = set.bearer.authenticate(token);
    set.announce('client_1');
    await first;
    expect(set.bearer.authenticate(token)).toBeInstanceOf(Promise);
  });

  it('is looked at anew by who comes after a change, though it is still being verified', async () => {
    const set = setUp();
    const token = make();
    const first = set.bearer.authenticate(token);
    set.state.revoked = ['tok_1'];
    set.announce('tok_1');
    await expect(set.bearer.authenticate(token)).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
    await Promise.allSettled([first]);
    await expect(set.bearer.authenticate(token)).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
    expect(set.asked.clients).toBe(3);
  });

  it('ends within a minute of the withdrawal of its key when nobody tells, and at once when somebody does', async () => {
    const token = make();
    const untold = setUp();
    await untold.bearer.authenticate(token);
    untold.state.keys = [];
    untold.advance(60_001);
    await expect(untold.bearer.authenticate(token)).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
    // The keys are asked for, one of them is withdrawn, and only then comes a token of it: nobody has verified it yet.
    const late = setUp();
    await late.bearer.authenticate(token);
    late.state.keys = [];
    late.advance(29_000);
    const second = make({ claims: { jti: 'tok_2' } });
    await late.bearer.authenticate(second);
    late.advance(31_001);
    for (const one of [token, second]) await expect(late.bearer.authenticate(one)).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
    const told = setUp();
    await told.bearer.authenticate(token);
    told.state.keys = [];
    told.announce(KID);
    await expect(told.bearer.authenticate(token)).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
  });
});

describe('keys that nobody published', () => {
  it('are asked for again by the next token when they could not be had', async () => {
    const set = setUp();
    const [token, { keys }] = [make(), set.state];
    Object.defineProperty(set.state, 'keys', {
      configurable: true,
      get: () => {
        throw new Error('away');
      },
    });
    await expect(set.bearer.authenticate(token)).rejects.toThrow('away');
    Object.defineProperty(set.state, 'keys', { value: keys });
    expect((await set.bearer.authenticate(token)).record.id).toBe('client_1');
  });

  it('make the gateway ask for the keys at most every 30 seconds, and after a rotation at once', async () => {
    const set = setUp();
    const unknown = make({ header: { kid: 'sig_01kb3p8nwhfctt4j9b7s1z6m2f' }, by: foreign.privateKey });
    for (let i = 0; i < 50; i += 1) await expect(set.bearer.authenticate(unknown)).rejects.toBeInstanceOf(Error);
    expect(set.asked.keys).toBe(1);
    set.advance(30_001);
    await expect(set.bearer.authenticate(unknown)).rejects.toBeInstanceOf(Error);
    expect(set.asked.keys).toBe(2);
    set.state.keys = [jwkOf(own.publicKey, KID), jwkOf(foreign.publicKey, 'sig_01kb3p8nwhfctt4j9b7s1z6m2f')];
    set.announce('sig_01kb3p8nwhfctt4j9b7s1z6m2f');
    expect((await set.bearer.authenticate(unknown)).record.id).toBe('client_1');
  });
});
