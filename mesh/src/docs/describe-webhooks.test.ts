import { EVENT_CATALOGUE } from '@portico/contracts/events/catalogue';
import { describe, expect, it } from 'vitest';
import { describeWebhooks } from './describe-webhooks.ts';

describe('the webhooks of the OpenAPI document', () => {
  it('are all that a receiver is sent: every event, and the test that it has to answer first', () => {
    expect(Object.keys(describeWebhooks('1'))).toEqual([...EVENT_CATALOGUE.keys(), 'webhook.test']);
  });

  it('say of the test that it is not tried again', () => {
    expect(describeWebhooks('1')['webhook.test']).toMatchObject({
      post: { responses: { '2XX': { description: expect.stringContaining('verified') } } },
    });
  });
});
