/** Why the command was asked to end. */
export class Interruption extends Error {
  override readonly name = 'AbortError';
  readonly by: NodeJS.Signals;

  constructor(by: NodeJS.Signals) {
    super(`stopped by ${by}`);
    this.by = by;
  }

  /** The terminal went away: nobody asked for the work to end. */
  static isHangUp(reason: unknown): boolean {
    return reason instanceof Interruption && reason.by === 'SIGHUP';
  }
}
