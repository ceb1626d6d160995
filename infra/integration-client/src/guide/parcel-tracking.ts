import { z } from 'zod';
import { apiKey } from '../auth.ts';
import { defineProvider, op } from '../define-provider.ts';
import { secret } from '../secrets.ts';

const Parcel = z.object({ number: z.string(), state: z.enum(['announced', 'moving', 'delivered']), seenAt: z.iso.datetime().optional() });

export const parcelTracking = defineProvider('parcel-tracking', {
  baseUrl: 'https://api.parcels.example/v1',
  auth: apiKey({ header: 'X-API-Key', secret: secret('parcels/api-key') }),
  limits: { perMinute: 60 },
  operations: {
    getParcel: op.get('/parcels/{number}', {
      params: z.object({ number: z.string() }),
      response: Parcel,
      cache: { ttlMs: 60_000, staleMs: 3_600_000 },
    }),
  },
});
