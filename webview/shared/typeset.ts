/** Formulas as a book shows them. The bundle that can do it is loaded with the first one. */

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

interface Waiting {
  readonly tex: string;
  readonly isDisplay: boolean;
  readonly element: HTMLElement;
}

const waiting = new Set<Waiting>();
/** Milliseconds of typesetting between two frames. */
const SLICE_MS = 8;

/**
 * Typesets a formula into an element when there is time; until then, and where it cannot be read, the element keeps its
 * text. Returns what takes it back.
 */
export function typesetSoon(tex: string, isDisplay: boolean, element: HTMLElement): () => void {
  const one = { tex, isDisplay, element };
  waiting.add(one);
  if (waiting.size === 1) {
    load().then(
      (typeset) => requestAnimationFrame(() => work(typeset)),
      () => waiting.clear(),
    );
  }
  return () => waiting.delete(one);
}

function work(typeset: Typeset): void {
  const until = performance.now() + SLICE_MS;
  for (const one of waiting) {
    waiting.delete(one);
    draw(typeset, one);
    if (performance.now() > until) break;
  }
  if (waiting.size > 0) requestAnimationFrame(() => work(typeset));
}

function draw(typeset: Typeset, { tex, isDisplay, element }: Waiting): void {
  const source = element.textContent;
  try {
    typeset(tex, isDisplay, element);
    element.classList.add('typeset');
  } catch {
    // What it cannot read, or is nested deeper than the stack.
    element.textContent = source;
  }
}
