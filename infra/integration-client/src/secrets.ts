export type SecretStore = {
  get(name: string): Promise<{ version: string; values: Record<string, string> }>;
  watch?(name: string, listener: () => void): Disposable;
};
