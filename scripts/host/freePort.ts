import { once } from 'node:events';
import net from 'node:net';

/** Says what to do when the port cannot be had. The server itself would end with a stack trace. */
export async function requireFreePort(port: number): Promise<void> {
  const probe = net.createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new Error(
        `Port ${port} is taken. Choose another one, or leave --port out: any free port is used.`,
      );
    }
    if (code === 'EACCES') {
      throw new Error(
        `Port ${port} may not be used by this user. Choose one above 1023, or leave --port out.`,
      );
    }
    throw error;
  }
  probe.close();
  await once(probe, 'close');
}
