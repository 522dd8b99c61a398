/** How findings look, wherever they are shown: on transcripts and on worked solutions. */
import * as vscode from 'vscode';
import type { FindingGroup } from '../core/findings/index.ts';
import { onSetting, setting } from './settings.ts';

export interface FindingLook {
  /** Whether a finding is shown at all. */
  isShown(group: FindingGroup): boolean;
  /** Severity follows the evidence: only a critique that reached the gold answer is worth a warning. */
  severityOf(group: FindingGroup): vscode.DiagnosticSeverity;
}

const SEVERITIES = {
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
} as const;

/** As the settings are now: they are read once for a thousand findings. */
export function findingLook(): FindingLook {
  const showUnverified = setting('reflection.findings.unverified');
  const showConfirmed = setting('reflection.findings.confirmed');
  const verified = SEVERITIES[setting('reflection.findings.verifiedSeverity')];
  return {
    isShown: ({ decision, kind, isVerified }) =>
      decision !== 'reject' && (kind === 'confirmed' ? showConfirmed : isVerified || showUnverified),
    severityOf: ({ kind, isVerified, decision }) => {
      if (kind === 'confirmed') return vscode.DiagnosticSeverity.Information;
      const isWorthIt = isVerified || decision === 'accept' || decision === 'edited';
      return decision !== 'superficial' && isWorthIt ? verified : vscode.DiagnosticSeverity.Hint;
    },
  };
}

export function onFindingSettings(changed: () => void): vscode.Disposable {
  return onSetting(
    [
      'reflection.findings.unverified',
      'reflection.findings.confirmed',
      'reflection.findings.verifiedSeverity',
    ],
    changed,
  );
}
