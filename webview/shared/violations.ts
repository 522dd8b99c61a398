/** Breaches of the content security policy, kept where a test can read them. There must be none. */
export const violations: string[] = [];

document.addEventListener('securitypolicyviolation', (event) => {
  violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  document.documentElement.dataset.violations = violations.join('\n');
});
