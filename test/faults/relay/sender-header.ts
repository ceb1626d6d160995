/** The process id of the relay that sent a request: tests that run several tell them apart by it. */
export const SENDER_HEADER = 'x-test-process';
