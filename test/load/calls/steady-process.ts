// A process that does nothing but one kind of call, a thousand times a second: `steady-process.ts <call> <seconds> <url> [redis url]`.
import { steady } from './measure-calls.ts';
import { openCalls } from './open-calls.ts';

const [name = '', seconds = '', url = '', redisUrl] = process.argv.slice(2);
await using calls = openCalls(url, redisUrl);
const call = calls.byName.get(name);
if (call === undefined) throw new TypeError(`There is no call ${name}.`);
process.send?.(await steady(call, Number(seconds)));
process.disconnect();
