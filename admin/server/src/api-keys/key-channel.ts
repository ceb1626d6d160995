/** PostgreSQL channel on which the ids of changed keys are announced. */
export const KEY_CHANNEL = 'access_key';

/** What a listener hears when all keys may have changed, or when it may have missed something: forget everything. */
export const ANY_KEY = '*';
