import { ConfigError } from '@portico/service-kit/config';
import type { Provider } from './define-provider.ts';

export function assertConsistent(providers: readonly Provider[]): void {
  const problems: string[] = [];
  if (new Set(providers.map(({ name }) => name)).size < providers.length) problems.push('two providers have one name');
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
}
