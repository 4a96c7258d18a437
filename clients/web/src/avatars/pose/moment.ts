/** When and where figures are posed: handed on as one, for a number that is handed on is boxed, and that sixty times a figure. */
export interface Moment {
  /** Of any steady clock. */
  seconds: number;
  /** Since this figure was posed before. */
  passed: number;
  /** The height that people stand on. */
  floor: number;
}
