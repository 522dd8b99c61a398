/** The settings, in the order of the settings editor. `SettingValues` gives each its type. */

export const configuration = {
  title: 'Reflection',
  properties: {
    'reflection.defaultModel': {
      type: 'string',
      default: 'nano',
      scope: 'resource',
      order: 1,
      markdownDescription:
        'Model offered first: `nano` (built in), a name in `reflection.json`, or a GGUF file.',
    },
    'reflection.samples': {
      type: 'integer',
      default: 8,
      minimum: 1,
      maximum: 1024,
      scope: 'resource',
      order: 2,
      markdownDescription: 'Solutions sampled for each problem by *Evaluate Problem File*.',
    },
    'reflection.critiques': {
      type: 'integer',
      default: 1,
      minimum: 1,
      maximum: 1024,
      scope: 'resource',
      order: 3,
      markdownDescription: 'Critiques sampled for each solution by *Critique Solutions*.',
    },
    'reflection.codeLens': {
      type: 'boolean',
      default: true,
      scope: 'resource',
      order: 4,
      markdownDescription: 'Show *Solve · Critique · Sample* above the problems of a problem file.',
    },
    'reflection.tests.passThreshold': {
      type: 'number',
      default: 0.5,
      minimum: 0,
      maximum: 1,
      scope: 'resource',
      order: 4,
      markdownDescription:
        'Share of the samples of a problem that have to be right for its test to pass in the Test Explorer.',
    },
    'reflection.findings.unverified': {
      type: 'boolean',
      default: true,
      scope: 'window',
      order: 5,
      markdownDescription:
        'Show findings of critiques whose own answer does not agree with the gold answer, as hints.',
    },
    'reflection.findings.confirmed': {
      type: 'boolean',
      default: false,
      scope: 'window',
      order: 6,
      markdownDescription: 'Show the steps that a critique confirmed, as information.',
    },
    'reflection.liveText': {
      type: 'boolean',
      default: true,
      scope: 'window',
      order: 11,
      markdownDescription:
        'Keep the text of one running sample readable while it is written (*Reflection: Watch Text Being Written*). A server is then asked for one stream a sample.',
    },
    'reflection.findings.verifiedSeverity': {
      type: 'string',
      enum: ['warning', 'information', 'hint'],
      default: 'warning',
      scope: 'window',
      order: 7,
      markdownDescription:
        'Severity of findings whose critique reached the gold answer, or that were accepted.',
    },
    'reflection.transcripts.foldThinking': {
      type: 'string',
      enum: ['auto', 'always', 'never'],
      enumDescriptions: ['Unless there is a finding in it', 'Always', 'Never'],
      default: 'auto',
      scope: 'window',
      order: 8,
      markdownDescription: 'Fold the thinking of a transcript when it is opened.',
    },
    'reflection.reviewer': {
      type: 'string',
      default: '',
      scope: 'machine-overridable',
      order: 9,
      markdownDescription:
        'Name written into `reviews.jsonl` with each decision. Empty: the user name of this computer.',
    },
    'reflection.python': {
      type: 'string',
      default: '',
      scope: 'machine-overridable',
      order: 10,
      markdownDescription:
        'Python interpreter for training. Empty: the `.venv` of the workspace or of the extension, then `python3`.',
    },
  },
} as const;

/** Settings that name a program, a model file or a person: a workspace that is not trusted does not set them. */
export const restrictedConfigurations = [
  'reflection.python',
  'reflection.defaultModel',
  'reflection.reviewer',
] as const;

type Properties = (typeof configuration)['properties'];
type ValueOf<Property> = Property extends { readonly enum: readonly (infer Value)[] }
  ? Value
  : Property extends { readonly type: 'string' }
    ? string
    : Property extends { readonly type: 'integer' | 'number' }
      ? number
      : Property extends { readonly type: 'boolean' }
        ? boolean
        : never;

/** The type of each setting, read from the manifest's own data. */
export type SettingValues = {
  [Id in keyof Properties]: ValueOf<Properties[Id]>;
};
