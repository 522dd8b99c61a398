/**
 * Typed calls over any two-way channel: host and webview, host and child process, an in-memory pair.
 * Every call settles: with the value, with the other side's error, or with the reason of the disposal.
 */
import { type FaultPlace, messageOf, UserError } from './errors.ts';

/** A channel. What is posted must survive the channel's own serialisation. */
export interface Port {
  post(message: unknown): void;
  /** Returns the function that ends listening. */
  listen(listener: (message: unknown) => void): () => void;
}

/** The methods of `T` as the other side sees them: each returns a promise. */
export type Remote<T> = {
  readonly [Name in keyof T]: T[Name] extends (...parameters: infer Parameters) => infer Result
    ? (...parameters: Parameters) => Promise<Awaited<Result>>
    : never;
};

export interface Connection<T> {
  readonly remote: Remote<T>;
  /** Rejects every pending and every later call. */
  dispose(reason?: Error): void;
}

/** Calls the methods that the other side serves. */
export function createRemote<T extends object>(port: Port): Connection<T> {
  const pending = new Map<number, { resolve: (value: unknown) => void; reject: (reason: Error) => void }>();
  let lastId = 0;
  let disposed: Error | undefined;

  const stopListening = port.listen((message) => {
    // Both sides count from 1 on the same channel: a message with `method` is a call, never a reply.
    if (!isRecord(message) || 'method' in message || typeof message.id !== 'number') return;
    const call = pending.get(message.id);
    if (call === undefined || !('value' in message || 'error' in message)) return;
    pending.delete(message.id);
    if ('error' in message) call.reject(errorFromWire(message.error));
    else call.resolve(message.value);
  });

  function call(method: string, parameters: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (disposed !== undefined) return reject(disposed);
      const id = ++lastId;
      pending.set(id, { resolve, reject });
      try {
        port.post({ id, method, parameters });
      } catch (thrown) {
        pending.delete(id);
        reject(thrown);
      }
    });
  }

  const remote = new Proxy(Object.create(null), {
    // `then` must stay undefined: awaiting a remote would call it.
    get: (_target, name) =>
      typeof name === 'string' && name !== 'then'
        ? (...parameters: unknown[]) => call(name, parameters)
        : undefined,
  }) as Remote<T>; // The proxy answers to every name; the type keeps callers to those of T.

  return {
    remote,
    dispose(reason = new Error('The connection was closed.')) {
      if (disposed !== undefined) return;
      disposed = reason;
      stopListening();
      for (const { reject } of pending.values()) reject(reason);
      pending.clear();
    },
  };
}

/** Answers calls with the methods of `implementation` (its own properties only). Returns the function that stops. */
export function serve<T extends object>(port: Port, implementation: T): () => void {
  return port.listen(async (message) => {
    if (!isRecord(message) || typeof message.method !== 'string' || typeof message.id !== 'number') return;
    const { id, method, parameters } = message;
    try {
      const value = await invoke(implementation, method, parameters);
      port.post({ id, value });
    } catch (thrown) {
      try {
        port.post({ id, error: errorToWire(thrown) });
      } catch {
        // The channel itself is gone: its owner disposes the caller's side.
      }
    }
  });
}

function invoke(implementation: object, method: string, parameters: unknown): unknown {
  // Own properties only: `constructor` or `toString` are nobody's methods.
  const found: unknown = Object.hasOwn(implementation, method)
    ? Reflect.get(implementation, method)
    : undefined;
  if (typeof found !== 'function') throw new Error(`Unknown method "${method}".`);
  if (!Array.isArray(parameters))
    throw new Error(`Method "${method}" was called without a list of parameters.`);
  return Reflect.apply(found, implementation, parameters);
}

function errorToWire(thrown: unknown): object {
  if (!(thrown instanceof UserError)) return { message: messageOf(thrown) };
  return { message: thrown.message, code: thrown.code, place: { ...thrown.place }, remedy: thrown.remedy };
}

function errorFromWire(wire: unknown): Error {
  if (!isRecord(wire) || typeof wire.message !== 'string') return new Error('The call failed.');
  const { message, code, place, remedy } = wire;
  if (typeof code !== 'string' || typeof remedy !== 'string') return new Error(message);
  return new UserError(code, message, { remedy, place: placeFromWire(place) });
}

function placeFromWire(wire: unknown): FaultPlace {
  if (!isRecord(wire)) return {};
  const { file, line, field } = wire;
  return {
    ...(typeof file === 'string' ? { file } : {}),
    ...(typeof line === 'number' ? { line } : {}),
    ...(typeof field === 'string' ? { field } : {}),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
