/** Results of other programs, one sample a row: what a comparison takes beside runs. */
export { isResultRow } from './columns.ts';
export { createResultsReader, type ResultSample, type Results, resultsTitle } from './results.ts';
