import type { ChildProcess, Serializable } from 'node:child_process';
import type { Port } from '../../core/rpc.ts';

/** The IPC channel of a forked child, seen from either end. */
export function processPort(end: ChildProcess | NodeJS.Process): Port {
  return {
    post(message) {
      if (end.send === undefined || !end.connected) throw new Error('The other process is gone.');
      // A failure after this point means that the other end is dying: its `exit` or `disconnect` settles the calls.
      // The type knows JSON only; structured cloning takes whatever RPC posts, or throws.
      end.send(message as Serializable, undefined, undefined, () => undefined);
    },
    listen(listener) {
      const onMessage = (message: unknown) => listener(message);
      end.on('message', onMessage);
      return () => end.off('message', onMessage);
    },
  };
}
