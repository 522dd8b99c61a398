/** Ids of samples say what they belong to: `<problem>#<number>`, and `<problem>#<number>/<number>` of a critique. */
const SAMPLE_ID = /^(?<solution>(?<problem>[\s\S]*)#\d+)(?:\/\d+)?$/;

/** The problem of a solution or critique; null for an id of another making. */
export function problemOfSample(id: string): string | null {
  return SAMPLE_ID.exec(id)?.groups?.problem ?? null;
}

/** The solution that a critique is about; a solution itself. */
export function solutionOfSample(id: string): string {
  return SAMPLE_ID.exec(id)?.groups?.solution ?? id;
}
