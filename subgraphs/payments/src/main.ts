import { loadConfig } from '@portico/service-kit/config';
import { runSubgraph } from '@portico/service-kit/subgraph/run-subgraph';
import { providerConfig, readProviderCalls } from './config.ts';
import { start } from './server.ts';

const provider = { ...loadConfig(providerConfig, process.env), calls: readProviderCalls(process.env) };
await runSubgraph(
  'payments',
  (settings, dependencies) => {
    if (provider.PAYMENT_PROVIDER === 'sandbox') {
      const fields = { provider: 'sandbox', mode: 'live' };
      dependencies.logger.warn(fields, 'live payments are charged at the sandbox provider: no money moves (PAYMENT_PROVIDER)');
    }
    return start({ ...settings, provider }, dependencies);
  },
  process.env,
);
