/** Where in the user's input a fault lies. `line` and `column` count from 1. */
export interface FaultPlace {
  readonly file?: string;
  readonly line?: number;
  readonly field?: string;
}

/**
 * A fault that a person can mend: it says what is wrong, where, and what to do.
 * Anything that is not a `UserError` is a bug in the workbench and is shown with its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** A stable word for scripts and tests, such as `model-missing`. */
  readonly code: string;
  readonly place: FaultPlace;
  /** One imperative sentence: the next action. */
  readonly remedy: string;

  constructor(
    code: string,
    message: string,
    options: { place?: FaultPlace; remedy: string; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.place = options.place ?? {};
    this.remedy = options.remedy;
  }

  /** `file:line: field "x": message`, as far as the place is known. */
  get located(): string {
    const { file, line, field } = this.place;
    const where = [file, line].filter((part) => part !== undefined).join(':');
    // Of a fault of the whole file a schema gives the empty field.
    const what = field === undefined || field === '' ? this.message : `field "${field}": ${this.message}`;
    return [where, what].filter((part) => part !== '').join(': ');
  }

  /** `located`, and the remedy under it: the form used by the command line. */
  override toString(): string {
    return `${this.located}\n  ${this.remedy}`;
  }
}

/** The message of anything thrown, for a log line or an `error` field. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
