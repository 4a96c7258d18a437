/** Everything that a wearer can do, by name: keys start it, and so can buttons. */

import type { Action as Shown } from "../screens/actions";

export interface Action extends Shown {
  /** The letter that does it, wherever a keyboard has it; empty where a place on the keyboard does. */
  readonly letter: string;
  /** `KeyboardEvent.code`s of what is done by where a key lies, whatever it writes. */
  readonly codes: readonly string[];
  /** Goes on while its key is down; `run` does one step of it. */
  readonly held: boolean;
}

/** What actions do, so that the list stands alone. */
export interface Doing {
  nudge(forward: number, right: number): void;
  turnStep(direction: number): void;
  lookStep(direction: number): void;
  levelLook(): void;
  toggleSeated(): void;
  isSeated(): boolean;
  toggleCrouched(): void;
  isCrouched(): boolean;
  recentre(): void;
  grabOrPut(): void;
  toggleOffer(): void;
  isOffering(): boolean;
  chooseNext(): void;
  turnThing(): void;
  pushThing(): void;
  gesture(name: "wave" | "point" | "raise" | "thumb" | "nod" | "shake"): void;
  toggleSigning(): void;
  isSigning(): boolean;
  toggleMuted(): void;
  isMuted(): boolean;
}

export const FORWARD = ["KeyW", "ArrowUp"] as const;
export const BACK = ["KeyS", "ArrowDown"] as const;
export const LEFT = ["KeyA"] as const;
export const RIGHT = ["KeyD"] as const;
export const TURN_LEFT = ["KeyQ", "ArrowLeft"] as const;
export const TURN_RIGHT = ["KeyE", "ArrowRight"] as const;
export const LOOK_UP = ["PageUp"] as const;
export const LOOK_DOWN = ["PageDown"] as const;
export const FASTER = ["ShiftLeft", "ShiftRight"] as const;

type Group = Action["group"];

export function makeActions(doing: Doing): readonly Action[] {
  const hold = (id: string, label: string, group: Group, keys: string, codes: readonly string[], run: () => void): Action =>
    ({ id, label, group, keys, letter: "", codes, held: true, run });
  const once = (id: string, label: string, group: Group, keys: string, key: string, run: () => void, active?: () => boolean): Action => {
    const letter = key.length === 1 ? key : "";
    return { id, label, group, keys, letter, codes: letter === "" ? [key] : [], held: false, run, ...(active ? { active } : {}) };
  };
  return [
    hold("forward", "Walk forward", "move", "W or ↑", FORWARD, () => { doing.nudge(1, 0); }),
    hold("back", "Walk back", "move", "S or ↓", BACK, () => { doing.nudge(-1, 0); }),
    hold("left", "Step left", "move", "A", LEFT, () => { doing.nudge(0, -1); }),
    hold("right", "Step right", "move", "D", RIGHT, () => { doing.nudge(0, 1); }),
    hold("turn-left", "Turn left", "move", "Q or ←", TURN_LEFT, () => { doing.turnStep(1); }),
    hold("turn-right", "Turn right", "move", "E or →", TURN_RIGHT, () => { doing.turnStep(-1); }),
    hold("look-up", "Look up", "look", "Page Up", LOOK_UP, () => { doing.lookStep(1); }),
    hold("look-down", "Look down", "look", "Page Down", LOOK_DOWN, () => { doing.lookStep(-1); }),
    once("look-level", "Look straight ahead", "look", "V", "v", () => { doing.levelLook(); }),
    once("sit", "Sit or stand", "move", "C", "c", () => { doing.toggleSeated(); }, () => doing.isSeated()),
    once("crouch", "Crouch", "move", "X", "x", () => { doing.toggleCrouched(); }, () => doing.isCrouched()),
    once("recentre", "Recentre", "move", "H", "h", () => { doing.recentre(); }),
    once("grab", "Take or put down", "hands", "F or click", "f", () => { doing.grabOrPut(); }),
    once("offer", "Offer what you hold", "hands", "O", "o", () => { doing.toggleOffer(); }, () => doing.isOffering()),
    once("next-thing", "Choose the next thing in reach", "hands", "G", "g", () => { doing.chooseNext(); }),
    once("turn-thing", "Turn the thing", "hands", "R", "r", () => { doing.turnThing(); }),
    once("push-thing", "Push the thing away", "hands", "P", "p", () => { doing.pushThing(); }),
    once("wave", "Wave", "gestures", "1", "Digit1", () => { doing.gesture("wave"); }),
    once("point", "Point", "gestures", "2", "Digit2", () => { doing.gesture("point"); }),
    once("nod", "Nod", "gestures", "3", "Digit3", () => { doing.gesture("nod"); }),
    once("shake", "Shake your head", "gestures", "4", "Digit4", () => { doing.gesture("shake"); }),
    once("raise", "Raise your hand", "gestures", "5", "Digit5", () => { doing.gesture("raise"); }),
    once("thumb", "Thumb up", "gestures", "6", "Digit6", () => { doing.gesture("thumb"); }),
    once("sign", "Talking in sign language", "voice", "L", "l", () => { doing.toggleSigning(); }, () => doing.isSigning()),
    { ...once("mute", "Mute the microphone", "voice", "M", "m", () => { doing.toggleMuted(); }, () => doing.isMuted()), activeLabel: "Unmute the microphone" },
  ];
}
