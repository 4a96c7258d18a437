// Written by tools/generate.py from protocol/. Do not edit: change that and run `make generate`.

namespace Polyclinic.Protocol.Generated
{
    public enum Kind
    {
        Hello = 1,
        Resume = 2,
        Ack = 3,
        Operation = 4,
        Clock = 5,
        Bye = 6,
        Budget = 7,
        Refresh = 8,
        Pose = 16,
        Welcome = 129,
        Event = 130,
        Result = 131,
        Refreshed = 132,
        ClockReply = 133,
        Correction = 134,
        Snapshot = 144,
    }

    public enum CloseCode
    {
        Normal = 1000,
        GoingAway = 1001,
        ProtocolError = 1002,
        UnsupportedData = 1003,
        NoStatus = 1005,
        Abnormal = 1006,
        InvalidPayload = 1007,
        TooBig = 1009,
        InternalError = 1011,
        ServiceRestart = 1012,
        Moved = 4000,
        Slow = 4001,
        NoPong = 4002,
        TokenExpired = 4003,
        ResyncRequired = 4004,
        ShardFenced = 4005,
        Overloaded = 4006,
        RateLimited = 4007,
        DurabilityUnavailable = 4009,
        AuthenticationInvalid = 4500,
        Malformed = 4501,
        AuthenticationTimeout = 4502,
        Removed = 4503,
        ConnectionLimit = 4504,
        Version = 4505,
        Forbidden = 4507,
        Replayed = 4508,
        Superseded = 4509,
        Revoked = 4510,
        ConsentWithdrawn = 4511,
        MovementAbuse = 4512,
        TooManyErrors = 4513,
        Locked = 4514,
    }

    [System.Flags]
    public enum FrameFlag
    {
        Wide = 1,
        Ages = 2,
        Leaves = 4,
        Enters = 8,
        Map = 16,
        Soon = 32,
    }

    [System.Flags]
    public enum StateFlag
    {
        Head = 1,
        Left = 2,
        Right = 4,
        LeftFingers = 8,
        RightFingers = 16,
        Face = 32,
        Seated = 64,
        Signing = 128,
    }

    public enum EntityKind
    {
        Avatar = 0,
        Prop = 1,
        Panel = 2,
    }

    public enum Tier
    {
        Full = 0,
        Upper = 1,
        Head = 2,
        Presence = 3,
    }

    /// <summary>Versions, sizes, ranges and limits; times are milliseconds.</summary>
    public static class Wire
    {
        public const int Version = 1;
        public const int StateFlagsAll = 255;
        public const int RotationBytes = 4;
        public const int HeadBytes = 13;
        public const int HandBytes = 10;
        public const int FingerValues = 20;
        public const int FaceValues = 52;
        public const int PoseHeaderBytes = 9;
        public const int PoseBytesMax = 134;
        public const int FrameHeaderBytes = 10;
        public const int FrameSoonHeaderBytes = 4;
        public const int SoonMax = 255;
        public const int AliasesNarrowMax = 255;
        public const int MapNarrowBytesMax = 32;
        public const int MapWideBytesMax = 8192;
        public const int AgeUnitMs = 4;
        public const int AgeMax = 255;
        public const int PositionScale = 1000;
        public const int HeadPositionMax = 8388607;
        public const int HandPositionMax = 32767;
        public const int RotationMax = 400;
        public const int UnitMax = 255;
        public const int TierBits = 2;
        public const int FlagsBits = 8;
        public const int VoiceBits = 4;
        public const int ValueBits = 6;
        public const int ValueGroup = 4;
        public const int WidthBits = 5;
        public const int WidthMax = 24;
        public const int RotationBits = 10;
        public const int YawBits = 7;
        public const int SpreadBits = 4;
        public const int SpreadMax = 12;
        public const int SpreadFirst = 3;
        public const int Prediction = 14;
        public const int PredictionShift = 4;
        public const int ShortPrefixes = 4;
        public const int PrefixMax = 29;
        public const int CodedBitsMax = 26;
        public const int RecordBytesMax = 282;
        public const int MessageBytesMax = 65536;
        public const int FragmentsMax = 16;
        public const int ControlBytesMax = 125;
        public const int AssemblyMs = 5000;
        public const int HelloMs = 5000;
        public const int HelloBytesMax = 16384;
        public const int PingMs = 10000;
        public const int SilenceMs = 25000;
        public const int MsgpackDepthMax = 8;
        public const int ContainerEntriesMax = 256;
        public const int PosesPerSecondMax = 240;
        public const int PosesBurst = 1200;
        public const int MessagesBurst = 100;
        public const int MessagesPerSecond = 50;
        public const int ErrorsMax = 50;
        public const int ErrorsMs = 60000;
        public const int CorrectionsMax = 100;
        public const int CorrectionsMs = 10000;
        public const int BudgetLeast = 8;
        public const int BudgetNone = 1000000;
        public const int AckEvents = 32;
        public const int AckMs = 1000;
        public const int UnacknowledgedEventsMax = 300;
        public const int UnacknowledgedBytesMax = 262144;
        public const int OperationIdBytes = 16;
        public const int OperationsKept = 1024;
        public const int RosterPageMax = 200;
        public const int PresenceGatherMs = 250;
        public const int ChatCharactersMax = 500;
        public const int ChatBurst = 5;
        public const int PanelCharactersMax = 2000;
        public const int PanelWritesBurst = 20;
        public const int PropHandReachMm = 1000;
        public const int PropHeadReachMm = 2000;
        public const int GripMaxMm = 1000;
        public const int WishMs = 3000;
        public const int AccessPeopleMax = 100;
        public const int EmergencyTextMax = 500;
        public const int EmergencyMinutesMax = 60;
        public const int ConsentEndingMs = 30000;
        public const int SampleAgeMaxMs = 1000;
        public const int MovementSpeedMmS = 3000;
        public const int MovementBudgetMm = 6000;
        public const int JumpsMax = 4;
        public const int JumpRefillMs = 2000;
        public const int HandReachMm = 8000;
        public const int VoiceHeard = 24;
        public const int FactsBytesMax = 1024;
        public const int ZonesMax = 64;
        public const int TicketSecondsMax = 60;
        public const double FlexionOffset = 0.5;
        public const double FlexionSpan = 2.5;
        public const double SpreadOffset = 0.7;
        public const double SpreadSpan = 1.4;
        public const string Subprotocol = "polyclinic.v1";
        public const string WorldPath = "/world";
        public const string SchemaHash = "928ea3dad20b2510";
    }
}
