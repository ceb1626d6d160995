import { loadConfig } from '@portico/service-kit/config';
import { untilSignal } from '@portico/service-kit/lifecycle';
import { createLogger } from '@portico/service-kit/logger';
import { sandboxConfig } from './config.ts';
import { start } from './server.ts';

const config = loadConfig(sandboxConfig, process.env);
const stopped = untilSignal();
const logger = createLogger({ program: 'sandbox-provider', level: config.LOG_LEVEL });
await using provider = await start(
  {
    host: config.HOST,
    port: config.PORT,
    journalFile: config.SANDBOX_JOURNAL,
    clientId: config.SANDBOX_CLIENT_ID,
    clientSecret: config.SANDBOX_CLIENT_SECRET,
    callbackSecret: config.SANDBOX_CALLBACK_SECRET,
  },
  { logger },
);
if (config.SANDBOX_CALLBACK_URL !== undefined) provider.sendCallbacksTo(config.SANDBOX_CALLBACK_URL);
logger.info({ url: provider.url }, 'listening');
// A parent that starts this program as a child learns the address from its IPC channel.
process.send?.({ kind: 'listening', url: provider.url });
logger.info({ signal: await stopped }, 'stopping');
