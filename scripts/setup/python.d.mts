/** The Python of the project, with everything that the trainer needs. */
export declare const venvPython: string;
