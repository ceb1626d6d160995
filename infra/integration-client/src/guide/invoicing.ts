import { z } from 'zod';
import { oauth2 } from '../auth.ts';
import { defineProvider, op } from '../define-provider.ts';
import { pii } from '../personal-data.ts';
import { secret } from '../secrets.ts';

const Invoice = z.object({ id: z.string(), total: z.int(), email: pii(z.email()) });
const key = { header: 'Idempotency-Key', livesMs: 86_400_000, reconcile: 'findInvoice' };

export const invoicing = defineProvider('invoicing', {
  baseUrl: 'https://api.invoices.example',
  auth: oauth2.clientCredentials({ tokenUrl: 'https://id.invoices.example/token', client: secret('invoices/client'), scope: 'invoices' }),
  operations: {
    findInvoice: op.get('/invoices/{id}', { params: z.object({ id: z.string() }), response: Invoice, cache: 'none' }),
    sendInvoice: op.post('/invoices', { body: Invoice, response: Invoice, deadlineMs: 3_000, idempotency: key }),
  },
});
