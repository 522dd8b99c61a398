/** What the extension contributes, as data. `npm run generate` writes it into package.json. */
export const contributions = {
  activationEvents: [],
  contributes: {},
};
