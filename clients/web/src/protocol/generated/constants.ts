// Written by tools/generate.py from protocol/. Do not edit: change that and run `make generate`.

export const Kind = {
  Hello: 1,
  Resume: 2,
  Ack: 3,
  Operation: 4,
  Clock: 5,
  Bye: 6,
  Budget: 7,
  Refresh: 8,
  Pose: 16,
  Welcome: 129,
  Event: 130,
  Result: 131,
  Refreshed: 132,
  ClockReply: 133,
  Correction: 134,
  Snapshot: 144,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  ProtocolError: 1002,
  UnsupportedData: 1003,
  NoStatus: 1005,
  Abnormal: 1006,
  InvalidPayload: 1007,
  TooBig: 1009,
  InternalError: 1011,
  ServiceRestart: 1012,
  Moved: 4000,
  Slow: 4001,
  NoPong: 4002,
  TokenExpired: 4003,
  ResyncRequired: 4004,
  ShardFenced: 4005,
  Overloaded: 4006,
  RateLimited: 4007,
  DurabilityUnavailable: 4009,
  AuthenticationInvalid: 4500,
  Malformed: 4501,
  AuthenticationTimeout: 4502,
  Removed: 4503,
  ConnectionLimit: 4504,
  Version: 4505,
  Forbidden: 4507,
  Replayed: 4508,
  Superseded: 4509,
  Revoked: 4510,
  ConsentWithdrawn: 4511,
  MovementAbuse: 4512,
  TooManyErrors: 4513,
  Locked: 4514,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

export const FrameFlag = {
  Wide: 1,
  Ages: 2,
  Leaves: 4,
  Enters: 8,
  Map: 16,
  Soon: 32,
} as const;
export type FrameFlag = (typeof FrameFlag)[keyof typeof FrameFlag];

export const StateFlag = {
  Head: 1,
  Left: 2,
  Right: 4,
  LeftFingers: 8,
  RightFingers: 16,
  Face: 32,
  Seated: 64,
  Signing: 128,
} as const;
export type StateFlag = (typeof StateFlag)[keyof typeof StateFlag];

export const EntityKind = {
  Avatar: 0,
  Prop: 1,
  Panel: 2,
} as const;
export type EntityKind = (typeof EntityKind)[keyof typeof EntityKind];

export const Tier = {
  Full: 0,
  Upper: 1,
  Head: 2,
  Presence: 3,
} as const;
export type Tier = (typeof Tier)[keyof typeof Tier];

export const VERSION = 1;
export const STATE_FLAGS_ALL = 255;
export const ROTATION_BYTES = 4;
export const HEAD_BYTES = 13;
export const HAND_BYTES = 10;
export const FINGER_VALUES = 20;
export const FACE_VALUES = 52;
export const POSE_HEADER_BYTES = 9;
export const POSE_BYTES_MAX = 134;
export const FRAME_HEADER_BYTES = 10;
export const FRAME_SOON_HEADER_BYTES = 4;
export const SOON_MAX = 255;
export const ALIASES_NARROW_MAX = 255;
export const MAP_NARROW_BYTES_MAX = 32;
export const MAP_WIDE_BYTES_MAX = 8192;
export const AGE_UNIT_MS = 4;
export const AGE_MAX = 255;
export const POSITION_SCALE = 1000;
export const HEAD_POSITION_MAX = 8388607;
export const HAND_POSITION_MAX = 32767;
export const ROTATION_MAX = 400;
export const UNIT_MAX = 255;
export const TIER_BITS = 2;
export const FLAGS_BITS = 8;
export const VOICE_BITS = 4;
export const VALUE_BITS = 6;
export const VALUE_GROUP = 4;
export const WIDTH_BITS = 5;
export const WIDTH_MAX = 24;
export const ROTATION_BITS = 10;
export const YAW_BITS = 7;
export const SPREAD_BITS = 4;
export const SPREAD_MAX = 12;
export const SPREAD_FIRST = 3;
export const PREDICTION = 14;
export const PREDICTION_SHIFT = 4;
export const SHORT_PREFIXES = 4;
export const PREFIX_MAX = 29;
export const CODED_BITS_MAX = 26;
export const RECORD_BYTES_MAX = 282;
export const MESSAGE_BYTES_MAX = 65536;
export const FRAGMENTS_MAX = 16;
export const CONTROL_BYTES_MAX = 125;
export const ASSEMBLY_MS = 5000;
export const HELLO_MS = 5000;
export const HELLO_BYTES_MAX = 16384;
export const PING_MS = 10000;
export const SILENCE_MS = 25000;
export const MSGPACK_DEPTH_MAX = 8;
export const CONTAINER_ENTRIES_MAX = 256;
export const POSES_PER_SECOND_MAX = 240;
export const POSES_BURST = 1200;
export const MESSAGES_BURST = 100;
export const MESSAGES_PER_SECOND = 50;
export const ERRORS_MAX = 50;
export const ERRORS_MS = 60000;
export const CORRECTIONS_MAX = 100;
export const CORRECTIONS_MS = 10000;
export const BUDGET_LEAST = 8;
export const BUDGET_NONE = 1000000;
export const ACK_EVENTS = 32;
export const ACK_MS = 1000;
export const UNACKNOWLEDGED_EVENTS_MAX = 300;
export const UNACKNOWLEDGED_BYTES_MAX = 262144;
export const OPERATION_ID_BYTES = 16;
export const OPERATIONS_KEPT = 1024;
export const ROSTER_PAGE_MAX = 200;
export const PRESENCE_GATHER_MS = 250;
export const CHAT_CHARACTERS_MAX = 500;
export const CHAT_BURST = 5;
export const PANEL_CHARACTERS_MAX = 2000;
export const PANEL_WRITES_BURST = 20;
export const PROP_HAND_REACH_MM = 1000;
export const PROP_HEAD_REACH_MM = 2000;
export const GRIP_MAX_MM = 1000;
export const WISH_MS = 3000;
export const ACCESS_PEOPLE_MAX = 100;
export const EMERGENCY_TEXT_MAX = 500;
export const EMERGENCY_MINUTES_MAX = 60;
export const CONSENT_ENDING_MS = 30000;
export const SAMPLE_AGE_MAX_MS = 1000;
export const MOVEMENT_SPEED_MM_S = 3000;
export const MOVEMENT_BUDGET_MM = 6000;
export const JUMPS_MAX = 4;
export const JUMP_REFILL_MS = 2000;
export const HAND_REACH_MM = 8000;
export const VOICE_HEARD = 24;
export const FACTS_BYTES_MAX = 1024;
export const ZONES_MAX = 64;
export const TICKET_SECONDS_MAX = 60;

export const FLEXION_OFFSET = 0.5;
export const FLEXION_SPAN = 2.5;
export const SPREAD_OFFSET = 0.7;
export const SPREAD_SPAN = 1.4;

export const SUBPROTOCOL = "polyclinic.v1";
export const WORLD_PATH = "/world";
export const SCHEMA_HASH = "928ea3dad20b2510";
