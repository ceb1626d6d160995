// What a server under measurement is asked over its channel: statements sent so far, their texts, a CPU profile.
import { Session } from 'node:inspector/promises';
import { onStatement } from '@portico/service-kit/sql/statement-log';

const SAMPLE_MICROS = 200;

/** Counts from here on, until disposed. `textsOf`: programs whose statements are shown when their texts are asked for. */
export function answerQuestions({ textsOf }: { textsOf: (program: string) => boolean }): Disposable {
  let count = 0;
  // Kept from the first question on, so that a server under load does not keep what nobody asks for.
  let texts: string[] | undefined;
  const counting = onStatement(({ text, program }) => {
    count += 1;
    if (textsOf(program)) texts?.push(text);
  });
  const answerProfile = createProfiler();
  const onMessage = ({ kind }: { kind: string }): void => {
    if (kind === 'statements') process.send?.({ kind, count });
    if (kind === 'texts') {
      process.send?.({ kind, texts: texts ?? [] });
      texts = texts === undefined ? [] : undefined;
    }
    if (kind === 'profile') void answerProfile();
  };
  process.on('message', onMessage);
  return {
    [Symbol.dispose]() {
      process.off('message', onMessage);
      counting[Symbol.dispose]();
    },
  };
}

/** Asked once it begins, asked again it ends and answers. */
function createProfiler(): () => Promise<void> {
  const profiler = new Session();
  let profiling = false;
  return async () => {
    if (profiling) {
      const { profile } = await profiler.post('Profiler.stop');
      profiler.disconnect();
      process.send?.({ kind: 'profile', profile });
    } else {
      profiler.connect();
      await profiler.post('Profiler.enable');
      await profiler.post('Profiler.setSamplingInterval', { interval: SAMPLE_MICROS });
      await profiler.post('Profiler.start');
      process.send?.({ kind: 'profile' });
    }
    profiling = !profiling;
  };
}
