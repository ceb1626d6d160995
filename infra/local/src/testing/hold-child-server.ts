// Starts a child server and holds it until this process is killed.
import { natsServer } from '../child-servers/nats-server.ts';
import { redisServer } from '../child-servers/redis-server.ts';
import { startChildServer } from '../child-servers/start-child-server.ts';

const [, , name, dataDir = ''] = process.argv;
const { url } = await startChildServer(name === 'nats' ? natsServer : redisServer, dataDir);
process.send?.({ url });
// The server does not keep this process alive.
setInterval(() => {}, 60_000);
