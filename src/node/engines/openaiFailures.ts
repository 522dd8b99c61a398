/** What goes wrong with a server, in words and in consequences. */
import { APIConnectionError, APIError } from 'openai';
import { messageOf, UserError } from '../../core/errors.ts';
import type { OpenaiModelConfig } from '../../core/schema/model.ts';

/** An answer that broke off or is none. Asking again may help. */
export class BrokenAnswerError extends Error {
  override readonly name = 'BrokenAnswerError';
}

export interface Health {
  succeeded(): void;
  /** Throws a `UserError` when the server is lost or refuses us. */
  failed(thrown: unknown): void;
}

/** A server that is gone ends the run, which can be resumed; it does not fill it with error rows. Hears of what failed for good. */
export function createHealth(config: OpenaiModelConfig, redact: (text: string) => string): Health {
  const patience = 2 * config.concurrency + 2;
  let failures = 0;
  return {
    succeeded: () => {
      failures = 0;
    },
    failed(thrown) {
      if (!(thrown instanceof APIError)) return;
      if (thrown.status === 401 || thrown.status === 403) throw keyRefused(config);
      // The same for every sample.
      if (thrown.status === 404) throw notServed(config, redact(causeOf(thrown)), thrown);
      const isLost = thrown instanceof APIConnectionError;
      const isFailing = isLost || thrown.status === 429 || (thrown.status ?? 0) >= 500;
      // Refused after all retries: nobody is there, and the others that run would only wait as long.
      const isRefused = isLost && /ECONNREFUSED|ENOTFOUND/.test(causeOf(thrown));
      if (!isFailing || (++failures < patience && !isRefused)) return;
      if (isLost) throw unreachable(config, redact(causeOf(thrown)), thrown);
      throw new UserError(
        'server-failing',
        `${failures} requests in a row failed: ${redact(causeOf(thrown))}`,
        {
          place: { field: 'baseUrl' },
          remedy: `Look at the log of the server at ${config.baseUrl}, or lower concurrency, then resume the run.`,
        },
      );
    },
  };
}

export function unreachable({ baseUrl }: OpenaiModelConfig, reason: string, cause: unknown): UserError {
  return new UserError('server-unreachable', `No server answers at ${baseUrl}: ${reason}`, {
    place: { field: 'baseUrl' },
    remedy: 'Start the server, or correct baseUrl (it usually ends in /v1).',
    cause,
  });
}

function notServed({ baseUrl, model }: OpenaiModelConfig, reason: string, cause: unknown): UserError {
  return new UserError('model-not-served', `The server at ${baseUrl} does not serve "${model}": ${reason}`, {
    place: { field: 'model' },
    remedy: `Name a model that ${baseUrl.replace(/\/$/, '')}/models lists, or correct baseUrl (it usually ends in /v1).`,
    cause,
  });
}

export function keyRefused({ baseUrl, apiKeyEnv }: OpenaiModelConfig): UserError {
  return new UserError('key-refused', `The server at ${baseUrl} refuses the key.`, {
    place: { field: 'apiKeyEnv' },
    remedy:
      apiKeyEnv === undefined
        ? 'Put the key into an environment variable and name that variable in apiKeyEnv.'
        : `Put a valid key into the environment variable ${apiKeyEnv}.`,
  });
}

/** The innermost cause: "fetch failed" and "Connection error." say nothing. */
export function causeOf(thrown: unknown): string {
  let inner = thrown;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const code = inner instanceof Error && 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
  const message = messageOf(inner);
  return message.includes(code) ? message : `${code} ${message}`.trim();
}
