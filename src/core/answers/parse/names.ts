/** Commands that the parser knows by name. */
export const GREEK = new Set(
  `alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma tau upsilon
  phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega ell hbar aleph`.split(/\s+/),
);

/** Functions that are evaluated; arguments as in LaTeX, `log` with its base as second argument. */
export const FUNCTIONS = new Set(
  `sin cos tan cot sec csc arcsin arccos arctan arccot arcsec arccsc sinh cosh tanh arsinh arcosh artanh
  ln log lg exp det gcd lcm max min Re Im arg deg floor ceil`.split(/\s+/),
);

/** Spellings of one function. */
export const FUNCTION_ALIASES: Readonly<Record<string, string>> = {
  arcsinh: 'arsinh',
  asinh: 'arsinh',
  arccosh: 'arcosh',
  acosh: 'arcosh',
  arctanh: 'artanh',
  atanh: 'artanh',
  cosec: 'csc',
  tg: 'tan',
  ctg: 'cot',
  arctg: 'arctan',
  arcctg: 'arccot',
};

/** The inverse that `f^{-1}` means for a function f. */
export const INVERSES: Readonly<Record<string, string>> = {
  sin: 'arcsin',
  cos: 'arccos',
  tan: 'arctan',
  cot: 'arccot',
  sec: 'arcsec',
  csc: 'arccsc',
  sinh: 'arsinh',
  cosh: 'arcosh',
  tanh: 'artanh',
};

/** Commands whose braces hold the name of a variable, such as \mathbf{v}. */
export const STYLED_NAMES = new Set(
  'text mbox textbf textit textrm textsf mathbf boldsymbol mathbb mathcal operatorname mathscr mathfrak'.split(
    ' ',
  ),
);

/** Commands that mark a name: \vec{v} is not v. */
export const ACCENTS = new Set(
  'overline bar vec hat tilde overrightarrow underline widehat widetilde dot ddot'.split(' '),
);
