/** 1 on two quiet cores or faster; 10 where all takes ten times as long. */
export function slowdown(): number;
/** A limit in ms that was chosen on a quiet machine, for this one. */
export function limit(quietMs: number): number;
