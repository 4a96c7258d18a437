using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>How an operation went.</summary>
    public sealed class Outcome
    {
        public readonly bool Ok;

        /// <summary>Stable: `held`, `stale`, `forbidden`, ...; empty where it went well; `lost` where the session ended
        /// before the answer.</summary>
        public readonly string Code;

        /// <summary>For people.</summary>
        public readonly string Detail;

        /// <summary>What the feature answered, also with most refusals: a Truth for an operation of props. Null where it said
        /// nothing, or the feature is none that this client knows.</summary>
        public readonly IWireMap Body;

        /// <summary>The same as the msgpack map that came (MsgpackReader.ReadMap), for features of one's own.</summary>
        public readonly byte[] Raw;

        public Outcome(bool ok, string code, string detail, IWireMap body, byte[] raw)
        {
            Ok = ok;
            Code = code;
            Detail = detail;
            Body = body;
            Raw = raw;
        }

        /// <summary>Throws WireFault if the body is not what answers such an operation.</summary>
        internal static Outcome Of(Result result, string feature, string type)
        {
            byte[] raw = result.Body ?? Nothing;
            IWireMap body = raw.Length == Nothing.Length
                ? null : Messages.ReadBody(raw, reader => Bodies.ReadResult(feature, type, reader));
            return new Outcome(result.Ok, result.Code, result.Detail, body, raw);
        }

        private static byte[] Nothing { get { return MsgpackWriter.Map(new Bye()); } }

        internal static Outcome Lost
        {
            get { return new Outcome(false, "lost", "the session ended first", null, Nothing); }
        }
    }
}
