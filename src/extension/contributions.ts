/**
 * What the extension contributes to VS Code, as data. `npm run generate` writes it into package.json, and
 * `Handlers` (commands.ts) makes a command without a handler a compile error.
 */
import { keybindings, menus, submenus } from './contributions/menus.ts';
import { configuration, restrictedConfigurations } from './contributions/settings.ts';
import { walkthrough } from './contributions/walkthrough.ts';

/** The scheme of transcript and critique documents: `reflection:/<run>/<sample>.transcript`. */
export const TRANSCRIPT_SCHEME = 'reflection';
/** The scheme of critiques that are being edited; saving one is a review. */
export const CRITIQUE_EDIT_SCHEME = 'reflection-edit';
/** The scheme of what a running run is writing: `reflection-live:/<run> (live).transcript`. */
export const LIVE_SCHEME = 'reflection-live';
export const TRANSCRIPT_LANGUAGE = 'reflection-transcript';
export const TASK_TYPE = 'reflection';
export const COMPARE_PANEL = 'reflection.comparePanel';
export const SAMPLING_PANEL = 'reflection.samplingPanel';
export const DASHBOARD_PANEL = 'reflection.dashboardPanel';

/** Every command of the extension. `palette: false`: it needs the row or finding it was called on. */
export const commands = [
  { id: 'reflection.evaluate', title: 'Evaluate Problem File', icon: '$(beaker)' },
  { id: 'reflection.critique', title: 'Critique Solutions', icon: '$(comment-discussion)' },
  { id: 'reflection.sample', title: 'Rejection-Sample Critiques', icon: '$(filter)' },
  { id: 'reflection.train', title: 'Start Training…', icon: '$(flame)' },
  { id: 'reflection.importProblems', title: 'Import Problem Set…', icon: '$(cloud-download)' },
  { id: 'reflection.setHubToken', title: 'Set Hugging Face Token', icon: '$(key)' },
  { id: 'reflection.compare', title: 'Compare Checkpoints', icon: '$(git-compare)' },
  { id: 'reflection.showSampling', title: 'Show Rejection Sampling', icon: '$(graph-line)' },
  { id: 'reflection.showTraining', title: 'Show Training Dashboard', icon: '$(graph-line)' },
  { id: 'reflection.openTranscript', title: 'Open Transcript', icon: '$(go-to-file)' },
  { id: 'reflection.openProblem', title: 'Open Problem', icon: '$(list-ordered)' },
  { id: 'reflection.stopRun', title: 'Stop Run', icon: '$(debug-stop)' },
  { id: 'reflection.watchRun', title: 'Watch Text Being Written', icon: '$(eye)' },
  { id: 'reflection.resumeRun', title: 'Resume Run', icon: '$(debug-continue)' },
  { id: 'reflection.openRunFolder', title: 'Reveal Run Folder', icon: '$(folder-opened)' },
  { id: 'reflection.evaluateCheckpoint', title: 'Evaluate Checkpoint', icon: '$(beaker)' },
  { id: 'reflection.dismissFinding', title: 'Dismiss Finding', icon: '$(close)' },
  { id: 'reflection.useModel', title: 'Use This Model', icon: '$(check)' },
  { id: 'reflection.setApiKey', title: 'Set API Key', icon: '$(key)' },
  { id: 'reflection.checkServer', title: 'Check Server', icon: '$(plug)' },
  { id: 'reflection.openConfiguration', title: 'Open reflection.json', icon: '$(settings-gear)' },
  { id: 'reflection.selectModel', title: 'Select Model', icon: '$(hubot)' },
  { id: 'reflection.refresh', title: 'Refresh', icon: '$(refresh)' },
  { id: 'reflection.doctor', title: 'Doctor', icon: '$(pulse)' },
  { id: 'reflection.nextFinding', title: 'Next Finding', icon: '$(arrow-down)' },
  { id: 'reflection.previousFinding', title: 'Previous Finding', icon: '$(arrow-up)' },
  { id: 'reflection.acceptFinding', title: 'Accept Finding', icon: '$(check)' },
  { id: 'reflection.rejectFinding', title: 'Reject Finding', icon: '$(close)' },
  { id: 'reflection.markSuperficial', title: 'Mark Finding Superficial', icon: '$(circle-slash)' },
  { id: 'reflection.reviewFinding', title: 'Review Finding…', icon: '$(lightbulb)' },
  { id: 'reflection.undoReview', title: 'Undo Last Review', icon: '$(discard)' },
  { id: 'reflection.showCritique', title: 'Show Whole Critique', icon: '$(open-preview)' },
  { id: 'reflection.showFinding', title: 'Show Finding', icon: '$(go-to-file)' },
  { id: 'reflection.editCritique', title: 'Edit Critique', icon: '$(edit)' },
  { id: 'reflection.acceptVerified', title: 'Accept All Verified Findings', icon: '$(check-all)' },
  { id: 'reflection.resampleCritiques', title: 'Resample Critiques Here', icon: '$(sync)' },
  { id: 'reflection.continueFromHere', title: 'Continue from before This Step', icon: '$(debug-rerun)' },
  { id: 'reflection.askAnotherModel', title: 'Ask Another Model', icon: '$(hubot)' },
  {
    id: 'reflection.exportReviewed',
    title: 'Export Reviewed Critiques as SCFT Dataset',
    icon: '$(export)',
  },
] as const;

export type CommandId = (typeof commands)[number]['id'];

export const views = [
  { id: 'reflection.runs', name: 'Runs', icon: '$(beaker)', initialSize: 4 },
  { id: 'reflection.training', name: 'Training', icon: '$(flame)', type: 'webview', initialSize: 3 },
  { id: 'reflection.checkpoints', name: 'Checkpoints', icon: '$(save)', initialSize: 3 },
  { id: 'reflection.problemSets', name: 'Problem Sets', icon: '$(list-ordered)', visibility: 'collapsed' },
  { id: 'reflection.models', name: 'Models', icon: '$(hubot)', visibility: 'collapsed' },
  { id: 'reflection.review', name: 'Review', icon: '$(checklist)', visibility: 'collapsed' },
] as const;

export type ViewId = (typeof views)[number]['id'];

const viewsWelcome = [
  {
    view: 'reflection.runs',
    contents:
      'This workspace is in restricted mode: runs can be read, and starting one needs trust.\n[Manage Workspace Trust](command:workbench.trust.manage)',
    when: '!isWorkspaceTrusted',
  },
  {
    view: 'reflection.runs',
    contents: 'Runs are kept in a folder.\n[Open Folder](command:workbench.action.files.openFolder)',
    when: 'workbenchState == empty',
  },
  {
    view: 'reflection.runs',
    contents:
      'No runs yet. Let a model solve a problem file (.jsonl, .json, .csv): the built-in model needs no GPU, account or download.\n[Evaluate Problem File](command:reflection.evaluate)\n[Check This Machine](command:reflection.doctor)',
    when: 'isWorkspaceTrusted && workbenchState != empty',
  },
  {
    view: 'reflection.review',
    contents:
      'The findings of the transcript that you read, with your decision on each.\n[Open Transcript](command:reflection.openTranscript)',
  },
  {
    view: 'reflection.problemSets',
    contents:
      'No problem files yet: rows of {"problem": …, "answer": …} in .jsonl, .json, .csv or .parquet.\n[Import Problem Set…](command:reflection.importProblems)\nOr try the demo problems that are built in.\n[Evaluate Problem File](command:reflection.evaluate)',
    when: 'workbenchState != empty',
  },
  {
    view: 'reflection.problemSets',
    contents:
      'Problem files are found in a folder.\n[Open Folder](command:workbench.action.files.openFolder)',
    when: 'workbenchState == empty',
  },
  {
    view: 'reflection.models',
    contents: 'Models belong to a folder.\n[Open Folder](command:workbench.action.files.openFolder)',
  },
  {
    view: 'reflection.checkpoints',
    contents:
      'No checkpoints yet. Sample critiques into a dataset, then train on it.\n[Rejection-Sample Critiques](command:reflection.sample)\n[Start Training…](command:reflection.train)',
    when: 'isWorkspaceTrusted && workbenchState != empty',
  },
  {
    view: 'reflection.checkpoints',
    contents: 'Training needs a trusted workspace.\n[Manage Workspace Trust](command:workbench.trust.manage)',
    when: '!isWorkspaceTrusted',
  },
  {
    view: 'reflection.checkpoints',
    contents: 'Checkpoints lie in a folder.\n[Open Folder](command:workbench.action.files.openFolder)',
    when: 'workbenchState == empty',
  },
] as const;

const languages = [
  // VS Code has no language for it, and without one a folder with nothing else would never wake the extension.
  { id: 'csv', aliases: ['CSV'], extensions: ['.csv'] },
  {
    id: TRANSCRIPT_LANGUAGE,
    aliases: ['Reflection Transcript'],
    extensions: ['.transcript', '.critique'],
    configuration: './media/languages/transcript.json',
  },
  {
    id: 'reflection-problem',
    aliases: ['Reflection Problem'],
    extensions: ['.problem.md'],
    configuration: './media/languages/problem.json',
  },
] as const;

/** A problem document is Markdown with front matter: colours are borrowed. */
const grammars = [
  {
    language: 'reflection-problem',
    scopeName: 'text.html.markdown.reflection-problem',
    path: './media/languages/problem.tmLanguage.json',
  },
] as const;

/** Model text is read, not edited: no links to click in it, no prompts about it, and no line wider than the window. */
const configurationDefaults = {
  [`[${TRANSCRIPT_LANGUAGE}]`]: {
    'files.encoding': 'utf8',
    'files.autoGuessEncoding': false,
    'editor.wordWrap': 'on',
    'editor.links': false,
    'editor.unusualLineTerminators': 'off',
    'editor.renderControlCharacters': true,
    // Mathematics and our own marks are no trickery; invisible and right-to-left characters stay marked.
    'editor.unicodeHighlight.ambiguousCharacters': false,
    'editor.unicodeHighlight.nonBasicASCII': false,
    'editor.minimap.enabled': false,
    'editor.stickyScroll.enabled': false,
    'editor.occurrencesHighlight': 'off',
    'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  },
} as const;

const taskDefinitions = [
  {
    type: TASK_TYPE,
    required: ['recipe', 'data'],
    properties: {
      recipe: { type: 'string', description: 'Training recipe, such as scft-nano.' },
      data: { type: 'string', description: 'SCFT dataset (.jsonl), relative to the workspace folder.' },
      model: { type: 'string', description: 'Model to start from: a name of reflection.json, or a file.' },
      runDir: { type: 'string', description: 'Run directory to write; by default a new one.' },
    },
  },
] as const;

/** The last frame of a Python traceback and its error: out of memory and the like, at the line that failed. */
const problemMatchers = [
  {
    name: 'reflection-traceback',
    label: 'Reflection: errors of the trainer',
    owner: 'reflection trainer',
    source: 'trainer',
    fileLocation: 'absolute',
    severity: 'error',
    pattern: [
      { regexp: '^\\s*File "(.+)", line (\\d+), in .+$', file: 1, line: 2 },
      { regexp: '^\\s{4,}\\S.*$' },
      { regexp: '^(?:[\\w.]+\\.)?(\\w+(?:Error|Exception|Interrupt)): (.+)$', code: 1, message: 2 },
    ],
  },
  {
    name: 'reflection-error',
    label: 'Reflection: errors that name a place',
    owner: 'reflection trainer',
    source: 'reflection',
    fileLocation: 'autoDetect',
    pattern: [
      {
        regexp: '^(error|warning): (.+?):(\\d+): (.+)$',
        severity: 1,
        file: 2,
        line: 3,
        message: 4,
      },
    ],
  },
] as const;

/** The top-level fields of package.json that are generated. */
export const contributions = {
  displayName: 'Reflection Workbench',
  description:
    'Teach reasoning models effective reflection: critiques as diagnostics, rejection sampling, SCFT / RLERR / S2R training, and comparisons that say whether it is noise.',
  l10n: './l10n',
  extensionKind: ['workspace'],
  capabilities: {
    untrustedWorkspaces: {
      supported: 'limited',
      description:
        'Runs, transcripts and comparisons can be read. Starting a model or a training needs a trusted workspace.',
      restrictedConfigurations,
    },
    virtualWorkspaces: {
      supported: false,
      description: 'Runs are directories that local processes write.',
    },
  },
  // Commands, views and task types activate by themselves; these are what is left.
  activationEvents: [
    `onFileSystem:${TRANSCRIPT_SCHEME}`,
    `onFileSystem:${CRITIQUE_EDIT_SCHEME}`,
    `onWebviewPanel:${COMPARE_PANEL}`,
    `onWebviewPanel:${SAMPLING_PANEL}`,
    `onWebviewPanel:${DASHBOARD_PANEL}`,
    'onLanguage:jsonl',
    'onLanguage:csv',
    'onLanguage:reflection-problem',
    'workspaceContains:reflection.json',
    // Not each JSON file: those that are named as sets of problems are.
    'workspaceContains:**/*problems.json',
    'workspaceContains:.reflection/runs',
  ],
  contributes: {
    commands: commands.map(({ id, title, icon }) => ({ command: id, title, category: 'Reflection', icon })),
    configuration,
    configurationDefaults,
    keybindings,
    grammars,
    jsonValidation: [
      { fileMatch: 'reflection.json', url: './media/schemas/reflection.schema.json' },
      { fileMatch: ['*problems.json', '*problem.json'], url: './media/schemas/problems.schema.json' },
    ],
    languages,
    menus,
    problemMatchers,
    submenus,
    taskDefinitions,
    views: {
      reflection: views.map((view) => ({ ...view })),
    },
    viewsContainers: {
      activitybar: [{ id: 'reflection', title: 'Reflection', icon: 'media/icons/reflection.svg' }],
    },
    viewsWelcome,
    walkthroughs: [walkthrough],
  },
};
