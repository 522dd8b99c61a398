/** A server that answers every completion at once with the same text. Tells its port on standard output. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const completion = JSON.stringify({
  id: 'cmpl-0',
  object: 'chat.completion',
  model: 'stub',
  choices: [
    {
      index: 0,
      finish_reason: 'stop',
      message: { role: 'assistant', content: 'Step 1: 2+2=4. \\boxed{4} '.repeat(40) },
    },
  ],
  usage: { prompt_tokens: 100, completion_tokens: 400, total_tokens: 500 },
});

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(request.method === 'GET' ? '{"object":"list","data":[]}' : completion);
  });
});
// A busy machine must not make it hang up on idle connections.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${port}\n`);
});
process.on('disconnect', () => process.exit());
