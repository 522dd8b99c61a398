/** Formulas as a book shows them. The bundle that can do it is loaded with the first one. */

import { soon } from './soon.ts';

/** Draws a formula into an element; throws where it cannot. */
export type Typeset = (tex: string, isDisplay: boolean, element: HTMLElement) => void;

declare global {
  // `var` is how TypeScript declares a property of the global object.
  var reflectionTypeset: Typeset | undefined;
}

const page = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;
/** A script of the page carries the nonce that its policy asks of every other. */
const nonce = page?.nonce ?? '';
let loading: Promise<Typeset> | undefined;

function load(): Promise<Typeset> {
  loading ??= new Promise((resolve, reject) => {
    if (page === null || page.src === '') return reject(new Error('the page has no scripts of its own'));
    const style = document.createElement('link');
    style.rel = 'stylesheet';
    style.href = new URL('math.css', page.src).href;
    const script = document.createElement('script');
    script.nonce = nonce;
    script.src = new URL('math.js', page.src).href;
    script.onload = () => {
      if (globalThis.reflectionTypeset === undefined) reject(new Error('math.js did not come up'));
      else resolve(globalThis.reflectionTypeset);
    };
    script.onerror = () => reject(new Error('math.js cannot be loaded'));
    document.head.append(style, script);
  });
  return loading;
}

/**
 * Typesets a formula into an element when there is time; until then, and where it cannot be read, the element keeps its
 * text. Returns what takes it back.
 */
export function typesetSoon(tex: string, isDisplay: boolean, element: HTMLElement): () => void {
  let isWanted = true;
  let takeBack = () => {};
  load().then(
    (typeset) => {
      if (isWanted) takeBack = soon(element, () => draw(typeset, tex, isDisplay, element));
    },
    // Without the bundle formulas stay as they were written.
    () => {},
  );
  return () => {
    isWanted = false;
    takeBack();
  };
}

function draw(typeset: Typeset, tex: string, isDisplay: boolean, element: HTMLElement): void {
  const source = element.textContent;
  try {
    typeset(tex, isDisplay, element);
    element.classList.add('typeset');
  } catch {
    // What it cannot read, or is nested deeper than the stack.
    element.textContent = source;
  }
}
