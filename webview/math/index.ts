/**
 * KaTeX in a bundle of its own, which a panel loads when there is a formula to typeset: it is four times as large as the
 * panel. Formulas are anybody's: no links, no images, no macros without end, no sizes without bound.
 */
import 'katex/dist/katex.min.css';
import katex from 'katex';
import type { Typeset } from '../shared/typeset.ts';

const typeset: Typeset = (tex, isDisplay, element) => {
  katex.render(tex, element, {
    displayMode: isDisplay,
    // A formula that KaTeX cannot read stays as it was written.
    throwOnError: true,
    trust: false,
    strict: 'ignore',
    // In em: a rule or a space of any size would cover the panel.
    maxSize: 10,
    maxExpand: 1000,
  });
};

globalThis.reflectionTypeset = typeset;
