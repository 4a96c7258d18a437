/** Mouse and fingers on the view: dragging looks around, the left half of a touch screen is a stick, a tap acts. */

/** A thumb's stick: how far it is from where it was put down, 0 to 1, in the screen's axes. */
export class Joystick {
  x = 0;
  y = 0;
  active = false;
  startX = 0;
  startY = 0;

  constructor(private readonly radius = 56) {}

  begin(x: number, y: number): void {
    this.active = true;
    this.startX = x;
    this.startY = y;
    this.x = this.y = 0;
  }

  move(x: number, y: number): void {
    const dx = (x - this.startX) / this.radius;
    const dy = (y - this.startY) / this.radius;
    const length = Math.hypot(dx, dy);
    // A thumb rests within a tenth of where it was put down.
    const share = length < 0.1 ? 0 : Math.min(1, (length - 0.1) / 0.9) / length;
    this.x = dx * share;
    this.y = dy * share;
  }

  end(): void {
    this.active = false;
    this.x = this.y = 0;
  }
}

export interface PointerListeners {
  /** Radians to turn left and to look up. */
  look(yaw: number, pitch: number): void;
  /** A tap or a click, -1 to 1 from left to right and from bottom to top. */
  tap(x: number, y: number): void;
}

/** Radians for a drag across the height of the view. */
const LOOK = 1.6;
const TAP_MOVES = 8;
const TAP_LASTS = 350;

export class Pointers {
  readonly stick = new Joystick();
  private readonly knob: HTMLElement;
  private stickPointer = -1;
  private lookPointer = -1;
  private lastX = 0;
  private lastY = 0;
  private travelled = 0;
  private since = 0;
  private readonly stopped = new AbortController();

  constructor(
    private readonly element: HTMLElement,
    private readonly listeners: PointerListeners,
  ) {
    const { signal } = this.stopped;
    element.style.touchAction = "none";
    this.knob = makeKnob();
    element.addEventListener("pointerdown", (event) => { this.down(event); }, { signal });
    element.addEventListener("pointermove", (event) => { this.move(event); }, { signal });
    element.addEventListener("pointerup", (event) => { this.up(event); }, { signal });
    element.addEventListener("pointercancel", (event) => { this.cancel(event); }, { signal });
  }

  dispose(): void {
    this.stopped.abort();
    this.knob.remove();
  }

  /** Whatever is done with a finger or the mouse now ends: something covers the view, and that they go up is not told to what is covered. */
  letGo(): void {
    this.stickPointer = this.lookPointer = -1;
    this.stick.end();
    this.drawKnob();
  }

  private down(event: PointerEvent): void {
    if (event.button > 0) return;
    this.element.setPointerCapture(event.pointerId);
    const box = this.element.getBoundingClientRect();
    const thumb = event.pointerType === "touch" && event.clientX < box.left + box.width * 0.4;
    if (thumb && this.stickPointer < 0) {
      this.stickPointer = event.pointerId;
      this.stick.begin(event.clientX, event.clientY);
      this.drawKnob();
    } else if (this.lookPointer < 0) {
      this.lookPointer = event.pointerId;
      this.lastX = event.clientX;
      this.lastY = event.clientY;
      this.travelled = 0;
    }
    if (event.pointerId === this.lookPointer || event.pointerId === this.stickPointer) this.since = event.timeStamp;
  }

  private move(event: PointerEvent): void {
    if (event.pointerId === this.stickPointer) {
      this.stick.move(event.clientX, event.clientY);
      this.drawKnob();
    } else if (event.pointerId === this.lookPointer) {
      const dx = event.clientX - this.lastX;
      const dy = event.clientY - this.lastY;
      this.lastX = event.clientX;
      this.lastY = event.clientY;
      this.travelled += Math.hypot(dx, dy);
      const perPixel = LOOK / Math.max(1, this.element.clientHeight);
      // One drags the room, as on a map: to the right shows what is on the left.
      if (this.travelled > TAP_MOVES) this.listeners.look(dx * perPixel, dy * perPixel);
    }
  }

  private up(event: PointerEvent): void {
    const short = event.timeStamp - this.since < TAP_LASTS;
    const looked = event.pointerId === this.lookPointer && this.travelled <= TAP_MOVES;
    const pushed = event.pointerId === this.stickPointer && this.stick.x === 0 && this.stick.y === 0;
    this.cancel(event);
    if (!short || !(looked || pushed)) return;
    const box = this.element.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 - 1;
    this.listeners.tap(x, 1 - ((event.clientY - box.top) / box.height) * 2);
  }

  private cancel(event: PointerEvent): void {
    if (event.pointerId === this.lookPointer) this.lookPointer = -1;
    if (event.pointerId !== this.stickPointer) return;
    this.stickPointer = -1;
    this.stick.end();
    this.drawKnob();
  }

  private drawKnob(): void {
    const { stick, knob, element } = this;
    // Beside the view, wherever that has been put meanwhile.
    if (knob.parentElement !== element.parentElement) element.parentElement?.append(knob);
    knob.hidden = !stick.active;
    const box = knob.offsetParent?.getBoundingClientRect();
    knob.style.left = `${stick.startX - (box?.left ?? 0)}px`;
    knob.style.top = `${stick.startY - (box?.top ?? 0)}px`;
    (knob.firstElementChild as HTMLElement).style.transform = `translate(${stick.x * 44}px, ${stick.y * 44}px)`;
  }
}

function makeKnob(): HTMLElement {
  const base = document.createElement("div");
  base.className = "stick";
  base.hidden = true;
  base.setAttribute("aria-hidden", "true");
  base.style.cssText =
    "position:absolute;width:112px;height:112px;margin:-56px;border-radius:50%;pointer-events:none;" +
    "border:2px solid rgba(255,255,255,.7);background:rgba(16,58,64,.22)";
  const thumb = document.createElement("div");
  thumb.style.cssText =
    "position:absolute;inset:30px;border-radius:50%;background:rgba(255,255,255,.85);box-shadow:0 1px 6px rgba(0,0,0,.3)";
  base.append(thumb);
  return base;
}
