/** The LLM judge of reflections (spec A4.1): its prompt, its answer, and how far the rule score agrees. */
export { type JudgeAgreement, judgeAgreement, type ScorePair } from './agreement.ts';
export { FALLBACK_SCORE, type Judgement, parseJudgement } from './judgement.ts';
export { JUDGE_PROMPT_VERSION, type JudgedTrace, judgePrompt } from './prompt.ts';
