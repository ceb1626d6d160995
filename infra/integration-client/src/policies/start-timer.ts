/** Runs something later, in milliseconds; what it answers prevents that. Time is a dependency of a call as the network is: a test's passes at once. */
export type StartTimer = (run: () => void, ms: number) => () => void;

export const startTimer: StartTimer = (run, ms) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};
