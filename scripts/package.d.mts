/** Packs the extension; the file, all files in it, and those that are our own. */
export function packageExtension(): Promise<{ file: string; files: string[]; own: string[] }>;
