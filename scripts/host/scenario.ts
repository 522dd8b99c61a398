import type { Driver } from './driver.ts';

/**
 * What a file test/workbench/NAME.test.ts exports as `scenario`: one window of the real workbench, with the
 * extension loaded from this folder, a fresh workspace and fresh user data. The steps run in order; after a failed
 * one the rest of the scenario is skipped.
 */
export interface Scenario {
  /** User settings on top of the quiet ones. */
  settings?: Record<string, unknown>;
  /** Environment of the extension host. */
  env?: Record<string, string>;
  /** When true the window starts in restricted mode, and trust can be given in it. Default: all is trusted. */
  restricted?: boolean;
  /** When true the window has the packaged extension installed, as a user has it, instead of this folder. */
  installed?: boolean;
  /** When true the extension is translated into a language of brackets (`pseudoLanguage.ts`). */
  pseudoLanguage?: boolean;
  /** Fills the empty workspace folder before the window opens. */
  prepare?: (workspace: string) => void | Promise<void>;
  /** What one step may take before it is called stuck. Default: 120 seconds. */
  stepLimitMs?: number;
  /** Each step's title is a claim that it proves. */
  steps: Record<string, (driver: Driver) => Promise<void>>;
}
