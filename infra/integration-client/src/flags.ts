export type FlagName = 'ENABLE_CIRCUIT_BREAKER' | 'ENABLE_CACHING' | 'ENABLE_RETRY' | 'DEBUG_MODE';
export type Flags = { isOn(flag: FlagName, provider: string): boolean };

export const DEFAULT_FLAGS: Flags = { isOn: (flag) => flag !== 'DEBUG_MODE' };
