/** Runs side by side: grid of problems and samples, curves, settings, transitions, and the report for others. */
export { type ConfigurationRow, configurationTable } from './configuration.ts';
export { accuracyByLevel, type LevelRow, type PassCurve, passCurve } from './curves.ts';
export {
  comparisonGrid,
  countOf,
  firstChange,
  GRID_FILTERS,
  GRID_ORDERS,
  type GridArm,
  type GridFilter,
  type GridOrder,
  type GridRow,
  type GridView,
  gridDifference,
  gridRows,
} from './grid.ts';
export {
  comparisonReport,
  latexTable,
  markdownTable,
  REPORT_FORMATS,
  type ReportedComparison,
  type ReportFormat,
  type ReportInput,
} from './report/index.ts';
export { GRADE_LETTERS, gradeLetters, shownSamples } from './samples.ts';
export {
  TRANSITION_ROWS_AT_ONCE,
  type TransitionRow,
  type TransitionRows,
  transitionRows,
} from './transitions.ts';
