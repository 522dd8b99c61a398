/** What is decided about a training run before it starts. */

export { estimateLines } from './estimateText.ts';
export { type LaunchPlan, launchPlan } from './launchPlan.ts';
export { quoteArgument } from './quoteArgument.ts';
