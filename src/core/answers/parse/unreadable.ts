/** Why an answer could not be read or compared. */
export type UnreadableReason =
  /** Not well formed, such as `3^` or an unclosed brace. */
  | 'syntax'
  /** Well formed as far as we can see, but outside what this grader knows. */
  | 'unsupported'
  /** Over a bound on length or depth. */
  | 'too-long';

/** Thrown by the parser, caught where two answers are compared. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
  readonly reason: UnreadableReason;

  constructor(reason: UnreadableReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
