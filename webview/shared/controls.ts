/** The one file that knows the toolkit: another set of controls is a change here alone. */
import {
  provideVSCodeDesignSystem,
  vsCodeBadge,
  vsCodeButton,
  vsCodeDataGrid,
  vsCodeDataGridCell,
  vsCodeDataGridRow,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
} from '@vscode/webview-ui-toolkit';
import type { HTMLAttributes } from 'preact';

provideVSCodeDesignSystem().register(
  vsCodeBadge(),
  vsCodeButton(),
  vsCodeDataGrid(),
  vsCodeDataGridCell(),
  vsCodeDataGridRow(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeProgressRing(),
);

type ToolkitAttributes = HTMLAttributes<HTMLElement> & {
  appearance?: 'primary' | 'secondary' | 'icon';
  disabled?: boolean;
  value?: string;
  'row-type'?: 'header' | 'default';
  'cell-type'?: 'columnheader' | 'rowheader' | 'default';
  'grid-column'?: string;
  'grid-template-columns'?: string;
};

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'vscode-badge': ToolkitAttributes;
      'vscode-button': ToolkitAttributes;
      'vscode-data-grid': ToolkitAttributes;
      'vscode-data-grid-row': ToolkitAttributes;
      'vscode-data-grid-cell': ToolkitAttributes;
      'vscode-dropdown': ToolkitAttributes;
      'vscode-option': ToolkitAttributes;
      'vscode-progress-ring': ToolkitAttributes;
    }
  }
}
