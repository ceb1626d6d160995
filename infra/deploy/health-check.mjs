// Whether the program of this container is ready: a gateway tells on its internal listener, where nothing is encrypted or counted, every other
// program on its only one. What has no page for it, as the sandbox provider, is ready when it answers at all.
const { INTERNAL_PORT, PORT } = process.env;
const answers = await Promise.allSettled([INTERNAL_PORT, PORT].map((port) => fetch(`http://127.0.0.1:${port}/health`)));
const [answer] = answers.filter(({ status }) => status === 'fulfilled');
process.exit(answer?.value.status < 500 ? 0 : 1);
