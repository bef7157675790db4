import { entries } from "./entry.ts";

/** Errors of this room; see `docs/errors.md`. */
export const certificateErrors = entries({});
