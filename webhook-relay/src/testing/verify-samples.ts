// For tests: the guide's samples, run as they are where their interpreter is installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a receiver has when a request comes in. `now`: unix seconds. */
export type ReceivedCase = { headers: Record<string, string>; body: string; secret: string; now: number };

export type VerifySample = {
  readonly language: string;
  /** The interpreter. */
  readonly command: string;
  readonly installed: boolean;
  /** The sample's file. */
  readonly file: string;
  /** Whether each verifies. */
  verify(cases: readonly ReceivedCase[]): boolean[];
};

export const sampleFile = (name: string): string => fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));

/** Each reads the cases as JSON from its input and prints the list of its verdicts. */
const LANGUAGES = [
  {
    language: 'JavaScript',
    file: 'verify.mjs',
    command: 'node',
    args: (file: string) => [
      '--input-type=module',
      '-e',
      `import { readFileSync } from 'node:fs'; import { verifyWebhook } from ${JSON.stringify(file)};
       console.log(JSON.stringify(JSON.parse(readFileSync(0)).map((c) => verifyWebhook(c.headers, Buffer.from(c.body), c.secret, { now: c.now }))));`,
    ],
  },
  {
    language: 'Python',
    file: 'verify.py',
    command: 'python3',
    args: (file: string) => [
      '-c',
      `import json, runpy, sys\nverify = runpy.run_path(${JSON.stringify(file)})["verify_webhook"]
print(json.dumps([verify(c["headers"], c["body"].encode(), c["secret"], now=c["now"]) for c in json.load(sys.stdin)]))`,
    ],
  },
  {
    language: 'PHP',
    file: 'verify.php',
    command: 'php',
    args: (file: string) => [
      '-r',
      `require ${JSON.stringify(file)};
       echo json_encode(array_map(fn($c) => verify_webhook($c['headers'], $c['body'], $c['secret'], 300, $c['now']), json_decode(stream_get_contents(STDIN), true)));`,
    ],
  },
  {
    language: 'Ruby',
    file: 'verify.rb',
    command: 'ruby',
    args: (file: string) => [
      '-e',
      `require "json"; load ${JSON.stringify(file)}
       puts JSON.generate(JSON.parse(STDIN.read).map { |c| verify_webhook(c["headers"], c["body"], c["secret"], now: c["now"]) })`,
    ],
  },
] as const;

export const VERIFY_SAMPLES: readonly VerifySample[] = LANGUAGES.map(({ language, command, file: name, args }) => {
  const file = sampleFile(name);
  return {
    language,
    command,
    file,
    installed: spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0,
    verify: (cases) => JSON.parse(execFileSync(command, args(file), { input: JSON.stringify(cases), encoding: 'utf8' })),
  };
});
