/** Style sheets are bundled by esbuild into one file beside the script. */
declare module '*.css';
