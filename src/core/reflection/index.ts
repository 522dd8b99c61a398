/** Reading reasoning: thinking and summary, reflections, S2R trajectories, steps, critiques. */
export { type Anchor, anchorRemark, earlierPlaces, stepsNamed } from './anchor.ts';
export { type Candidate, candidateAnswers, isSameAnswer } from './candidates.ts';
export { type ConfidenceCue, confidenceCues, hedgingShare } from './confidence.ts';
export { claimedVerdict, type ReadCritique, readCritique } from './critique.ts';
export { lastAttempt } from './lastAttempt.ts';
export {
  type OwnLists,
  phrasesOf,
  REFLECTION_LISTS,
  type ReflectionList,
  type ReflectionListName,
} from './lists.ts';
export { type Reflections, reflectionCount, reflectionsOf } from './reflections.ts';
export {
  type RewardedAction,
  type RewardOptions,
  rewardActions,
  rewardWord,
  verificationStyle,
} from './rewardContext.ts';
export {
  type ReflectionClass,
  type RuleScore,
  type RuleScoreOptions,
  ruleScore,
  type ScoredReflection,
  scoreTrace,
} from './ruleScore.ts';
export { type Step, splitSteps } from './steps.ts';
export { splitThinking, type ThinkingParts, wholeSolution } from './thinking.ts';
export { type TokenPosition, tokenPosition } from './tokenPosition.ts';
export {
  type GradedCandidate,
  readTrace,
  type Trace,
  type TraceOptions,
  type TraceReflection,
  transitionOf,
} from './trace.ts';
export {
  type Action,
  type MarkerMode,
  parseTrajectory,
  RECHECK,
  RETRY,
  statedVerdict,
  type Trajectory,
} from './trajectory.ts';
