/** How finely the view is drawn: coarser when pictures come late, finer again once they have long been in time. Pure. */

/** Slower than this is late, ms: under 40 pictures a second on a screen. */
const LATE_MS = 25;
/** How long it must be late, or in time, before anything changes, ms. */
const COARSER_AFTER = 1500;
const FINER_AFTER = 8000;
const STEP = 0.8;
const LEAST = 0.5;
/** A gap this long is a window that was hidden, or a file that was read: it says nothing of drawing. */
const PAUSE_MS = 500;

export class RenderPace {
  /** Of the screen's own pixels. */
  share = 1;
  private last = Number.NaN;
  private late = 0;
  private timely = 0;

  /** Called with each picture; true when the share has changed. */
  step(now: number): boolean {
    const gap = now - this.last;
    this.last = now;
    if (!(gap < PAUSE_MS)) return false;
    if (gap > LATE_MS) {
      this.late += gap;
      this.timely = 0;
    } else {
      this.timely += gap;
      // A few late ones among many are no reason.
      this.late = Math.max(0, this.late - gap * 2);
    }
    if (this.late > COARSER_AFTER && this.share > LEAST) return this.change(Math.max(LEAST, this.share * STEP));
    if (this.timely > FINER_AFTER && this.share < 1) return this.change(Math.min(1, this.share / STEP));
    return false;
  }

  private change(share: number): boolean {
    this.share = share;
    this.late = 0;
    this.timely = 0;
    return true;
  }
}
