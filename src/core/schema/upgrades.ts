/**
 * Older formats of the run directory, brought to the present one while they are read; the files stay as they are.
 * A format gets a new number when an older workbench would misread it, not when it merely knows less.
 */
import { SCHEMA_VERSION } from './common.ts';

type Json = Readonly<Record<string, unknown>>;

/** From one format to the next. */
interface Upgrade {
  readonly from: number;
  /** What changed, and what is assumed of runs from before. */
  readonly why: string;
  manifest(value: Json): Json;
}

/** One step for each older format, in order: the one place to add another. */
export const UPGRADES: readonly Upgrade[] = [
  {
    from: 1,
    why: 'Runs can stop early on settled problems, and then have no fixed n: before, every run had one.',
    manifest: (value) => ({ ...value, stopping: { rule: 'fixed' } }),
  },
];

/** The manifest in the present format. The version is one that this workbench reads. */
export function upgradeManifest(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const version = value.schemaVersion;
  if (typeof version !== 'number' || version >= SCHEMA_VERSION) return value;
  const steps = UPGRADES.filter(({ from }) => from >= version);
  return { ...steps.reduce<Json>((now, step) => step.manifest(now), value), schemaVersion: SCHEMA_VERSION };
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
