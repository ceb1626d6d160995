import { z } from 'zod';
import { oauth2 } from '../auth.ts';
import { defineProvider, op } from '../define-provider.ts';
import { pii } from '../personal-data.ts';
import { secret } from '../secrets.ts';

const Transfer = z.object({ reference: z.string(), iban: pii(z.string().min(15)), cents: z.int().min(1) });
const Receipt = z.object({ reference: z.string(), state: z.enum(['accepted', 'booked']) });

export const bankTransfers = defineProvider('bank-transfers', {
  baseUrl: 'https://api.bank.example/v3',
  auth: oauth2.clientCredentials({ tokenUrl: 'https://id.bank.example/token', client: secret('bank/client'), authMethod: 'tls' }),
  limits: { concurrency: 10 },
  operations: {
    getTransfer: op.get('/transfers/{reference}', {
      params: Receipt.pick({ reference: true }),
      response: Receipt,
      hedge: { afterMs: 500 },
    }),
    transfer: op.put('/transfers/{reference}', { params: Receipt.pick({ reference: true }), body: Transfer, response: Receipt }),
  },
});
